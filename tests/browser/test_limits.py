"""What many visitors and floods do to a running server: nothing that another visitor would notice.

Seconds are held in the floods alone (`make soak`), and they are the promises, not measurements: a visitor's first page
and the health endpoint in five, on a slow machine in eight times what a page takes there while all is calm: before, or
at the same time of another server.
"""

import asyncio
import contextlib
import http.client
import json
import platform
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import PATIENCE, ROOT
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.connection_limits import MOST_BYTES
from targets.text import say
from tests.browser.visitor import enter, write_rerun
from tests.http_client import go

PROMISE = 5.0
needs_proc = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs the /proc of Linux")


def ask(url, **headers):
    """Return status and text of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def memory_of(server, kind="VmRSS"):
    """Return the memory of a server's process in MB; VmHWM is the most it ever had."""
    with Path(f"/proc/{server.process.pid}/status").open() as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(kind))


async def drain(visitor):
    """Read until the connection is closed."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await visitor.socket.recv()


async def flood(address, rate, thrown_out, ended):
    """Send messages as fast as told until the event, and come back at once whenever thrown out."""
    while not ended.is_set():
        with contextlib.suppress(InvalidStatus, OSError):
            async with enter(address) as visitor:
                reading = asyncio.create_task(drain(visitor))
                try:
                    while not ended.is_set():
                        await visitor.send(write_rerun())
                        await asyncio.sleep(1 / rate)
                except ConnectionClosed as closed:
                    thrown_out.append(closed.rcvd.code)
                await visitor.socket.close()
                await reading


async def first_page(address):
    """Return the seconds until a new visitor's first page is complete."""
    began = time.monotonic()
    async with enter(address) as visitor:
        assert "<h1>" in await visitor.view()
    return time.monotonic() - began


async def promised(address):
    """Return the seconds that a page may take, from what it takes while nobody else asks for one."""
    _, *calm = [await first_page(address) for _ in range(4)]
    return max(PROMISE, 8 * max(calm))


async def health(address):
    """Return the seconds until the health address answers."""
    began = time.monotonic()
    status, _ = await asyncio.to_thread(ask, f"{address}/_stcore/health")
    assert status == 200
    return time.monotonic() - began


@pytest.mark.soak
@pytest.mark.parametrize(("flooders", "seconds"), [(1, 10), (5, 12)])
def test_flood_disturbs_nobody(serve, flooders, seconds):
    server, calm = serve(), serve()

    async def run():
        thrown_out, rounds, ended = [], [], asyncio.Event()
        floods = [asyncio.create_task(flood(server.address, 50, thrown_out, ended)) for _ in range(flooders)]
        began = time.monotonic()
        while time.monotonic() < began + seconds or len(rounds) < 4:
            asked = first_page(server.address), health(server.address), first_page(calm.address)
            rounds.append(await asyncio.gather(*asked))
        ended.set()
        await asyncio.gather(*floods)
        return thrown_out, rounds, await first_page(server.address)

    thrown_out, rounds, afterwards = go(run())
    pages, answers, calm_pages = zip(*rounds, strict=True)
    assert max(*pages, *answers, afterwards) < max(PROMISE, 8 * max(calm_pages)), rounds
    assert set(thrown_out) == {1008} and len(thrown_out) >= flooders
    lines = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
    refused = [line for line in lines if line.get("reason") == "flood"]
    assert 1 <= len(refused) <= 10 and len(lines) < 40


@pytest.mark.soak
def test_three_hundred_visitors_at_once(serve):
    server = serve(TARGETS_MAX_CONNECTIONS="310")

    async def run():
        limit = await promised(server.address)
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(30):
                visitors = await asyncio.gather(*(stack.enter_async_context(enter(server.address)) for _ in range(10)))
                shown = await asyncio.gather(*(visitor.view() for visitor in visitors))
                assert all("<h1>" in page for page in shown)
            return await health(server.address) < limit, await first_page(server.address) < limit

    assert go(run()) == (True, True)


def test_full_server_says_so_and_lets_in_when_there_is_room(serve, visit):
    server = serve(TARGETS_MAX_CONNECTIONS="1")
    first, second = visit(), visit()
    first.open(f"{server.address}/?lang=zh")
    with pytest.raises(urllib.error.HTTPError) as busy:
        urllib.request.urlopen(f"{server.address}/by_year", timeout=PATIENCE)
    with busy.value as answer:
        assert (answer.code, answer.headers["Retry-After"]) == (503, "10")
    with pytest.raises(InvalidStatus) as handshake:
        go(first_page(server.address))
    assert handshake.value.response.status_code == 503
    assert ask(f"{server.address}/_stcore/health")[0] == 200
    second.page.goto(f"{server.address}/by_district?lang=en&district=镇海区")
    expect(second.page.locator("p")).to_have_text([say("zh", "http.busy"), say("en", "http.busy")])
    first.page.close()
    expect(second.page.locator("h1")).to_have_text(say("en", "heading.by_district"))
    second.expect_at("/by_district", lang="en", district="镇海区")


def test_thrown_out_page_comes_back_by_itself(whole_server, tab):
    """A flood is refused, and whoever is thrown out in the middle of honest use is back on the same view."""
    server, before = whole_server, len(whole_server.said)
    tab.page.add_init_script(
        "const Real = WebSocket; window.sockets = []; window.WebSocket = class extends Real {"
        " constructor(...all) { super(...all); sockets.push(this); } }"
    )
    tab.open(f"{server.address}/by_district?lang=zh&district=镇海区")
    with tab.page.expect_websocket():
        tab.page.evaluate("for (let n = 0; n < 60; n++) sockets.at(-1).send(new Uint8Array([8, 0]))")
    tab.page.get_by_role("link", name="English", exact=True).click()
    expect(tab.page.locator("h1")).to_have_text(say("en", "heading.by_district"))
    tab.expect_at("/by_district", lang="en", district="镇海区")
    assert '"reason": "flood"' in server.said[before:]


def test_strange_message_closes_the_connection(server):
    async def run(message):
        async with enter(server.address) as visitor:
            await visitor.view()
            await visitor.send(message)
            await asyncio.wait_for(drain(visitor), PATIENCE)
            return visitor.socket.close_code

    for message, code in (("text", 1003), (b"\xff\xff\xff", 1002), (b"\x0a" + b"x" * (MOST_BYTES + 1), 1009)):
        assert go(run(message)) == code


@needs_proc
def test_uploads_leave_memory_where_it_was(whole_server):
    server = whole_server
    go(first_page(server.address))
    before = memory_of(server)
    where, piece = urlsplit(server.address), b"x" * 1_000_000

    def upload():
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("PUT", "/_stcore/upload_file/session/file", iter([piece] * 40))

    uploads = [threading.Thread(target=upload) for _ in range(4)]
    for each in uploads:
        each.start()
    for each in uploads:
        each.join()
    assert ask(f"{server.address}/_stcore/upload_file/a/b")[0] == 404
    assert memory_of(server) - before < 50


PROBES = (
    "/../../etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/static/../../config.toml",
    "/media/..%2f..%2fdashboard.py",
    "/component/x/..%2f..%2fdashboard.py",
    "/_stcore/bidi-components/x/..%2fy.py",
    "/_stcore/agent/openapi.json",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/host-config",
    "/metrics",
    "/dashboard.py",
    "/.streamlit/config.toml",
    "/data/tables/../targets.csv",
    "/data/targets.csv?year=%00",
    "/data/tables/" + "x" * 3000 + ".csv",
    "/%",
    "/\\\\evil\\share",
)


def test_no_answer_tells_of_the_inside(server):
    where = urlsplit(server.address)
    for path in PROBES:
        with contextlib.closing(http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        for inside in (
            "Traceback",
            'File "',
            "site-packages",
            "/home/",
            "/work",
            "Error:",
            "root:x",
            "import streamlit",
        ):
            assert inside not in text, path
        if answer.status != 400 or answer.headers["content-security-policy"]:
            assert answer.headers["x-content-type-options"] == "nosniff", path


def test_log_keeps_no_visitor(serve):
    """Whatever a visitor does, the log tells neither where from nor what for."""
    server = serve(TARGETS_HOSTS="dash.example.cn")
    query = "q=geheim&district=火星"
    ask(f"{server.address}/records?q=geheim")
    ask(f"{server.address}/records?q=geheim", Origin="http://evil.test")
    ask(f"{server.address}/_stcore/agent/mcp?q=geheim", Host="evil.test")

    async def run():
        async with enter(server.address) as visitor:
            assert "geheim" in await visitor.view("records", {"q": ["geheim"], "district": ["火星"]})
            await visitor.send(query)
            await drain(visitor)

    go(run())
    said = server.said
    for told in ("geheim", "火星", "127.0.0.1", "evil.test", "Python-urllib", "GET ", "WebSocket"):
        assert told not in said, told
    reasons = {json.loads(line)["reason"] for line in said.splitlines() if line.startswith("{")}
    assert reasons == {"origin", "host", "text"}


def test_websocket_tells_nothing_of_the_inside(server):
    async def run():
        told = []
        async with enter(server.address) as visitor:
            for page in ("", "records", "nowhere"):
                await visitor.send(write_rerun(page))
                finished = False
                while not finished:
                    told.append(await visitor.socket.recv())
                    finished = ForwardMsg.FromString(told[-1]).WhichOneof("type") == "script_finished"
        return b"".join(told)

    told = go(run())
    assert b"<h1>" in told
    for inside in (str(ROOT), ".py", "site-packages", platform.python_version(), sys.platform):
        assert inside.encode() not in told, inside


@needs_proc
def test_a_packed_message_is_unpacked_no_further_than_one_may_be(whole_server):
    """Sixty megabytes come as sixty kilobytes, and close the connection before they are there."""
    server = whole_server

    async def run():
        async with enter(server.address) as visitor:
            await visitor.view()
            Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the most it ever had is what it has now
            before = memory_of(server, "VmHWM")
            await visitor.send(bytes(60_000_000))
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await visitor.socket.recv()
            return closed.value.rcvd.code, memory_of(server, "VmHWM") - before

    code, grown = go(run())
    assert code == 1009
    assert grown < 30
    assert ask(f"{server.address}/_stcore/health")[0] == 200
