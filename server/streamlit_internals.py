"""What is used of Streamlit beyond its documented interface, gathered for whoever upgrades it.

`tests/test_streamlit_internals.py` says what of it an upgrade has changed. Where a page works without, a change is one
line in the log and no refused start. Beside this module:

- `dashboard.py` assigns the result of `st.App` to a name, for which `streamlit run` reads the file;
- `ui/style.css` and `ui/links.js` find elements by `data-testid`;
- `ui/links.js` wraps `history.pushState`, reads the state of a run from attributes of `stApp` and follows the events of
  Plotly's charts;
- `ui/links.py` lists the English words that `ui/links.js` translates.
"""

import importlib.util
import platform
import re
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from google.protobuf.message import DecodeError
from starlette.types import Send
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: TID251 - the messages' format, not a widget
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251 - the messages' format, not a widget

from server.log import LOG

STATIC = Path(importlib.util.find_spec("streamlit").origin).parent / "static"
OWN_PATHS = ("_stcore", "media", "component", "static")
"""The first segments of the paths that Streamlit responds to beside pages."""
UPLOADS = "/_stcore/upload_file"
UNUSED_PATHS = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check")
"""Endpoints that no page of ours needs."""
ACCEPTED_MESSAGES = {"rerun_script", "stop_script", "app_heartbeat", "deferred_file", "dataframe_chunk"}
"""Messages that a page sends. Others would clear everybody's caches, or change or tell about the server."""
UPLOAD_MESSAGE = "file_urls_request"

NO_ICON_FONT = "document.fonts.load = async () => [];"
"""Streamlit's script fetches the font of its icons before any is shown; not after this."""
FIRST_SCRIPTS = ("Html", "purify.es")
"""The scripts of the element that holds our words: Streamlit asks for them only when the first words have come."""
PLACES = {
    "language": r'(?<=<html lang=")en(?=">)',
    "title": r"(?<=<title>)Streamlit(?=</title>)",
    "no text font": r'<link\s+rel="preload"[^>]*\sas="font"[^>]*/>',
    "description": r'(?<=<link rel="service-desc" href="\./)[^"]*',
    "no icon font": r'(?=<script type="module")',
    "first scripts": r"(?=</head>)",
    "noscript": r"(?<=<noscript>).*?(?=</noscript>)",
    "style": r"(?=</body>)",
}
"""Where in Streamlit's page something of ours is written, each found once. The style sheet stands last, as it overrides
what Streamlit's scripts write into the head."""


@cache
def report_change(part: str) -> None:
    """Log, once in a process, that something private has changed and what is done without."""
    LOG.warning("Streamlit has changed, done without: %s", part)


def read_index() -> str:
    """Return the page that Streamlit serves for every path."""
    return (STATIC / "index.html").read_text(encoding="utf-8")


def write_index(page: str, texts: Mapping[str, str]) -> str:
    """Return Streamlit's page with texts in their places; one whose place is not found once is left out."""
    scripts = [file.name for name in FIRST_SCRIPTS for file in (STATIC / "static" / "js").glob(f"{name}.*.js")]
    texts = {
        "no text font": "",  # 170 kB, and no page of ours is set in it
        "no icon font": f"<script>{NO_ICON_FONT}</script>",
        "first scripts": "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{n}">' for n in scripts),
        **texts,
    }
    for name, text in texts.items():
        changed, found = re.subn(PLACES[name], lambda _, text=text: text, page, flags=re.DOTALL)
        if found == 1:
            page = changed
        else:
            report_change(f"{name} in its page")
    return page


def kind_of(content: bytes) -> str | None:
    """Return the kind of a browser's message, or None if it is none."""
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return None
    kind = message.WhichOneof("type") or ""
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") or ""
    return kind


def hide_server(content: bytes, _python: bytes = platform.python_version().encode()) -> bytes:
    """Return the message that begins a run without the paths and versions of the server, which no page needs."""
    if _python not in content:
        return content
    message = ForwardMsg.FromString(content)
    if message.WhichOneof("type") != "new_session":
        return content
    try:
        message.new_session.main_script_path = message.new_session.name
        message.new_session.initialize.user_info.Clear()
        environment = message.new_session.initialize.environment_info
        environment.python_version = environment.server_os = ""
    except AttributeError:
        report_change("hiding the server's paths and versions")
        return content
    return message.SerializeToString()


def send_at_once(send: Send) -> None:
    """Have a websocket send the end of a page at once.

    asyncio sees to that only where a socket names its protocol, and Streamlit's does not: the system would hold
    the last packet back until the reader's side has acknowledged the others, which may take it 40 ms.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport and (connection := transport.get_extra_info("socket")):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    else:
        report_change("sending the end of a page at once")
