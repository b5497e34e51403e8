"""Processes as a container starts them, and nginx before them as deploy/ configures it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def container_command(port: int) -> list[str]:
    """Return what the container runs, on another port."""
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    command = re.search(r"^CMD (.*)", dockerfile, re.MULTILINE)[1].replace("8501", str(port))
    return [sys.executable, "-m", *json.loads(command)]


def configure(folder: Path, port: int, addresses: Sequence[str]) -> Path:
    """Write deploy/nginx.conf for one or two processes at these addresses, on this port."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for number in (1, 2):
        address = addresses[(number - 1) % len(addresses)]
        text, found = re.subn(rf"dashboard-{number}:8501", address.removeprefix("http://"), text)
        assert found == 1
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/tmp/nginx", f"{folder}/nginx")
    text = text.replace("worker_processes auto;", "worker_processes 1; daemon off;")
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def run_nginx(folder: Path, configuration: Path) -> Iterator[None]:
    """Run nginx until it is no longer needed."""
    command = [NGINX, "-p", folder, "-c", configuration, "-g", "user root;"]
    front = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        front.terminate()
        front.wait(10)
