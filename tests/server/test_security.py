"""docs/security.md names only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_named_test_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 30
    assert named - set(re.findall(r"^def (test_\w+)\(", code, re.MULTILINE)) == set()
