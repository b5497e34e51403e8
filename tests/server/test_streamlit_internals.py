"""What is private to Streamlit and Plotly and used all the same: a failure names what an upgrade has changed."""

import platform
import re
import socket
from functools import cache
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.app_discovery import discover_asgi_app

from server import streamlit_internals as internals
from tests.http_client import go
from ui import links

ROOT = Path(__file__).parent.parent.parent
IN_SCRIPTS = (
    "document.fonts.load", "history.pushState", "data-test-script-state", "notRunning", "data-test-connection-state",
    "CONNECTED", "data-collapsed", "data-tag", "plotly_click", "plotly_hover", "plotly_unhover", "js-plotly-plot",
)  # fmt: skip
"""What `ui/links.js` and `ui/style.css` count on beside the identifiers of elements."""


@cache
def scripts() -> str:
    """All of Streamlit's scripts, in which every string begins and ends with the same sign."""
    found = (internals.STATIC / "static" / "js").glob("*.js")
    return "\n".join(path.read_text(encoding="utf-8") for path in found).replace("`", '"')


def identifiers() -> set[str]:
    """The `data-testid`s and classes of Streamlit's that the style sheet and the script name."""
    ours = "".join((ROOT / "ui" / name).read_text(encoding="utf-8") for name in ("style.css", "links.js"))
    return set(re.findall(r'data-testid="?(\w+)', ours)) | set(re.findall(r"\.(st[A-Z]\w+)", ours))


def test_everything_private_is_where_it_was():
    page, js = internals.read_index(), internals.STATIC / "static" / "js"
    operations = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type.fields_by_name
    accepted = internals.ACCEPTED_MESSAGES | {internals.UPLOAD_MESSAGE}
    changed = {
        "places in index.html": [n for n, p in internals.PLACES.items() if len(re.findall(p, page, re.DOTALL)) != 1],
        "scripts of the first words": [n for n in internals.FIRST_SCRIPTS if len([*js.glob(f"{n}.*.js")]) != 1],
        "identifiers in ui/": sorted(name for name in identifiers() if f'"{name}"' not in scripts()),
        "in Streamlit's scripts": [text for text in IN_SCRIPTS if text not in scripts()],
        "words in ui/links.py": [word for word in links._WORDS if f'"{word}' not in scripts()],
        "messages of a page": sorted(accepted - {*BackMsg.DESCRIPTOR.fields_by_name, *operations}),
        "name of the application": [] if discover_asgi_app(ROOT / "dashboard.py").app_name == "app" else ["app"],
    }
    assert len(identifiers()) > 20
    assert {part: found for part, found in changed.items() if found} == {}


def test_beginning_of_a_run_says_nothing_of_the_inside():
    """What Streamlit sends when a run begins has the path of the script, the user and the versions of the server."""
    told = ForwardMsg()
    told.new_session.name = "shell"
    told.new_session.main_script_path = "/srv/secret/ui/shell.py"
    told.new_session.initialize.user_info.installation_id = "secret"
    told.new_session.initialize.environment_info.python_version = platform.python_version()
    told.new_session.initialize.environment_info.server_os = "secret"
    told.new_session.initialize.environment_info.streamlit_version = "1"
    hidden = internals.hide_server(told.SerializeToString())
    begun = ForwardMsg.FromString(hidden).new_session
    assert (begun.main_script_path, begun.initialize.environment_info.streamlit_version) == ("shell", "1")
    assert begun.initialize.environment_info.python_version == ""
    assert b"secret" not in hidden
    other = ForwardMsg()
    other.delta.new_element.html.body = platform.python_version()
    assert internals.hide_server(other.SerializeToString()) == other.SerializeToString()


class Connection:
    """A connection as the web server has it, whose method sends."""

    def __init__(self, accepted):
        self.transport, self.accepted = self, accepted

    def get_extra_info(self, name):
        return {"socket": self.accepted}[name]

    async def send(self, message):
        pass


def test_end_of_a_page_is_sent_at_once():
    """A socket that does not name its protocol, as Streamlit's, would wait for the reader's acknowledgement."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        with socket.create_connection((host, port)), listening.accept()[0] as accepted:
            assert (accepted.proto, accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) == (0, 0)
            internals.send_at_once(Connection(accepted).send)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_change_is_one_line_in_the_log(caplog):
    internals.report_change.cache_clear()
    for _ in range(3):
        internals.send_at_once(go)
    assert caplog.messages == ["Streamlit has changed, done without: sending the end of a page at once"]
