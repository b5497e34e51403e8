"""The direction of imports is an import-linter contract in pyproject.toml; pages and the main script have rules of their own."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_folder_imports_only_from_those_below_it():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_pages_import_neither_pandas_nor_plotly():
    for path in (ROOT / "pages").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & {"pandas", "numpy", "plotly", "streamlit"}, path


def test_no_module_beside_the_main_script_is_called_as_one_of_python_s_own():
    """Python looks first in the folder of the script that it runs."""
    assert not {path.stem for path in (ROOT / "ui").glob("*.py")} & sys.stdlib_module_names
