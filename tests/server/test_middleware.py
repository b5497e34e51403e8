"""The middleware as the settings of the environment put it together, and the server as a hosting platform starts it."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from targets.text import say
from tests.http_client import RERUN, connect, make_client

ROOT = Path(__file__).parent.parent.parent
OTHER_INTERFACE = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
"""An address of this machine that a server does not hear which listens on 127.0.0.1 alone."""
PLATFORM = "user-space.hf.space"
HANDSHAKE = {
    "Host": PLATFORM, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


def test_metrics_are_numbers_only_where_switched_on():
    client = make_client(TARGETS_METRICS="1", TARGETS_MAX_CONNECTIONS="7")
    with connect(client) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        lines = client.get("/metrics").text.splitlines()
    assert "targets_connections 1" in lines
    assert "targets_connections_most 7" in lines
    assert 'targets_messages_total{kind="rerun_script"} 1' in lines
    assert make_client().get("/metrics").status_code == 404


@pytest.mark.skipif(not shutil.which("make"), reason="no make here: install it with the system's package manager")
def test_make_run_listens_on_this_machine_alone():
    said = subprocess.run(["make", "--dry-run", "run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert " --server.address 127.0.0.1 " in said


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Ask a server that was started as hosting platforms do: from the folder, with a port and no further setting."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TARGETS_", "STREAMLIT_"))}
    environment |= {"TARGETS_STATE": str(tmp_path_factory.mktemp("state"))}
    environment |= {"TARGETS_FRAME_ANCESTORS": "https://huggingface.co"}
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    said = (tmp_path_factory.mktemp("said") / "log").open("w+b")

    def ask(method, path, headers=None):
        connection = http.client.HTTPConnection(OTHER_INTERFACE, port, timeout=60)
        try:
            connection.request(method, path, headers={"Host": PLATFORM} | (headers or {}))
            response = connection.getresponse()
            return response.status, response.headers, b"" if response.status == 101 else response.read()
        finally:
            connection.close()

    with (
        said,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as running,
    ):
        try:
            for _ in range(600):
                try:
                    ask("GET", "/_stcore/health")
                    break
                except OSError:
                    assert running.poll() is None
                    time.sleep(0.1)
            yield ask
        finally:
            running.terminate()
            running.wait(30)
            said.seek(0)
        log = said.read()
        assert b"Traceback" not in log and b"Streamlit has changed" not in log


def test_page_is_shown_under_a_name_that_nobody_gave_and_in_the_platform_s_frame(ask):
    status, headers, page = ask("GET", "/records?lang=en")
    assert (status, say("en", "app.title") in page.decode()) == (200, True)
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://huggingface.co")
    assert headers["X-Frame-Options"] is None
    for path in ("/healthz", "/_stcore/health"):
        assert ask("GET", path)[0] == 200, path


def test_only_pages_of_the_same_origin_open_a_connection(ask):
    for origin, status in (
        (f"https://{PLATFORM}", 101),
        ("https://huggingface.co", 403),
        ("http://localhost:9", 403),
    ):
        assert ask("GET", "/_stcore/stream", HANDSHAKE | {"Origin": origin})[0] == status, origin


def test_paths_that_streamlit_keeps_for_itself_go_on(ask):
    _, _, page = ask("GET", "/")
    script = re.search(r'src="\.(/static/js/index[^"]+)"', page.decode())[1]
    for path, status, kind in (
        (script, 200, "javascript"),
        ("/favicon.png", 200, "png"),
        ("/_stcore/host-config", 200, "json"),
        ("/media/nothing.png", 404, "plain"),
        ("/component/nothing/index.html", 404, "plain"),
        ("/data/state", 200, "plain"),
        ("/r/x", 404, "html"),
        ("/records/_stcore/health", 404, "html"),
    ):
        found, headers, _ = ask("GET", path)
        assert (found, re.split("[/;]", headers["Content-Type"])[1]) == (status, kind), path
    for path, to in (("/overview?lang=en", "./?lang=en"), ("/records/?lang=en", "/records?lang=en")):
        status, headers, _ = ask("GET", path)
        assert (status // 100, headers["Location"]) == (3, to)


def test_closed_paths_stay_closed_on_a_platform(ask):
    for method, path in (
        ("PUT", "/_stcore/upload_file/a/b"),
        ("GET", "/_stcore/metrics"),
        ("POST", "/_stcore/agent/interact"),
        ("GET", "/_stcore/script-health-check"),
        ("GET", "/metrics"),
        ("GET", "/auth/login"),
    ):
        assert ask(method, path)[0] == 404, path
