"""Who may import whom: left never imports right, and Streamlit stays at its end."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PANDAS_LAYER = """
    text days quantities schema dictionary columns straight reading relative_dates units intervals guards formulas rules files rows sizes mapped once dataset
    evidence seal last_good snapshot unchanged state memory actuals pace verdicts progress outcomes selection totals checks
    measurability tables results findings charts.canvas charts.marks charts.strips charts.counts charts.measures
    charts.paths charts blocks export citation json_records workbook package interface openapi examples
    first_views homes homes.engine homes.parquet homes.database homes.postgres homes.clickhouse homes.engines homes.pushdown homes.home homes.parts homes.store
    store source_text audit method ingest
"""
SHARED_BY_PAGES = """
    links view pieces fault figure filters citation overview records progress sources record source_check interface compare checks
    method wide
"""
SERVER = "log crowd metrics answers index doors headers kept assets walls routes health"
ORDER = (
    *(f"targets.{name}" for name in PANDAS_LAYER.split()),
    *(f"server.{name}" for name in SERVER.split()),
    *(f"ui.{name}" for name in SHARED_BY_PAGES.split()),
    *("ui.shell", "pages", "dashboard"),
)
FILES = [
    p
    for p in (*ROOT.glob("*.py"), *(q for d in ("targets", "ui", "pages", "server") for q in (ROOT / d).rglob("*.py")))
]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "pages" if parts[0] == "pages" else ".".join(parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_left_never_imports_right(path):
    name = module_of(path)
    if name in ("targets", "ui", "server"):
        return
    right = ORDER[ORDER.index(name) + 1 :]
    assert not imports(path) & set(right)
    if not name.startswith(("ui", "pages", "dashboard")):
        messages = "streamlit.proto."  # what goes over the websocket, which server.crowd weighs
        assert not any(i.split(".")[0] == "streamlit" and not i.startswith(messages) for i in imports(path))
    if name == "pages":
        assert not any(i.split(".")[0] in ("pandas", "numpy", "plotly", "streamlit") for i in imports(path))


def test_no_module_beside_the_main_script_is_called_as_one_of_python_s_own():
    """Python looks first in the folder of the script that it runs."""
    assert not {path.stem for path in (ROOT / "ui").glob("*.py")} & sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_turns_data_into_markup_or_code(path):
    """Data reaches a page only as escaped HTML; nothing evaluates a visitor's text."""
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        "st.markdown",
        "st.write",
        "st.error",
        "st.warning",
        "unsafe_allow_html",
        ".eval(",
        ".query(",
        "exec(",
    ):
        if forbidden == ".query(" and path.parts[-2] == "ui":
            text = text.replace("view.query(", "").replace("self.query(", "")
        assert forbidden not in text, forbidden
