"""Who may import whom: left never imports right, and Streamlit stays at its end."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PANDAS_LAYER = """
    text days quantities schema dictionary columns diagnosing reading relative_dates units intervals guards formulas rules files rows cache dataset
    evidence seal program last_good snapshot state actuals pace verdicts progress outcomes selection totals checks
    measurability tables results findings charts.canvas charts.marks charts.strips charts.counts charts.measures
    charts.paths charts blocks export citation json_records workbook package interface openapi examples
    first_views homes homes.engine homes.parquet homes.database homes.postgres homes.clickhouse homes.engines homes.pushdown homes.home homes.parts homes.store
    store source_text audit method ingest
"""
SHARED_BY_PAGES = """
    links view pieces fault figure filters citation overview records progress sources record source_check interface compare checks
    method wide
"""
SERVER = """
    settings log streamlit_internals connection_limits metrics responses index request_guard headers assets middleware routes
    health
"""
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


def test_left_never_imports_right():
    for path in FILES:
        name = module_of(path)
        if name in ("targets", "ui", "server"):
            continue
        imported = imports(path)
        assert not imported & set(ORDER[ORDER.index(name) + 1 :]), name
        roots = {i.split(".")[0] for i in imported if not i.startswith("streamlit.proto.")}  # the websocket's messages
        assert "streamlit" not in roots or name.startswith(("ui", "pages", "dashboard")), name
        assert name != "pages" or not roots & {"pandas", "numpy", "plotly", "streamlit"}, path


def test_no_module_beside_the_main_script_is_called_as_one_of_python_s_own():
    """Python looks first in the folder of the script that it runs."""
    assert not {path.stem for path in (ROOT / "ui").glob("*.py")} & sys.stdlib_module_names
