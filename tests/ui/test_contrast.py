"""Contrast and shapes, computed for both schemes; docs/accessibility.md names only tests that exist."""

import re
import tomllib
from pathlib import Path

import pytest

from targets.charts.canvas import COLOURS, HOVER
from targets.charts.counts import SYMBOLS
from targets.progress.progress import STATES
from targets.text import LANGUAGES, say
from targets.wording.progress_text import SYMBOLS as SIGNS

ROOT = Path(__file__).parent.parent.parent
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
STYLE = (ROOT / "ui" / "style.css").read_text(encoding="utf-8")
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")


def parts_of(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 has it, 1 to 21."""

    def luminance(parts):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in parts)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(parts_of("#777777"), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_edges_stand_out(scheme):
    """Marks and lines of charts, the focus, the edge of a notice, and the edges of Streamlit's boxes."""
    theme = THEMES[scheme]
    focus = re.search(r"\.tt :focus-visible, .+ \{ outline: 3px solid (#\w{6})", STYLE)[1]
    notice = re.search(r"\.tt \.notice \{ border-left: 4px solid (#\w{6})", STYLE)[1]
    ground = parts_of(theme["backgroundColor"])
    for colour in (*COLOURS.values(), focus, notice):
        assert contrast(parts_of(colour), ground) >= 3, colour
    for name in GROUNDS:
        assert contrast(parts_of(theme["borderColor"]), parts_of(theme[name])) >= 3, name
        for colour in (theme["textColor"], theme["linkColor"]):
            assert contrast(parts_of(colour), parts_of(theme[name])) >= 4.5, colour


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pale_words_stand_out(scheme):
    theme = THEMES[scheme]
    shares = [float(share) for share in re.findall(r"opacity: ([\d.]+)", STYLE)]
    shares += [int(share) / 100 for share in re.findall(r"\bcolor: color-mix\(in srgb, currentColor (\d+)%", STYLE)]
    assert len(shares) > 8
    text = parts_of(theme["textColor"])
    for name in GROUNDS:
        ground = parts_of(theme[name])
        pale = [min(shares) * one + (1 - min(shares)) * other for one, other in zip(text, ground, strict=True)]
        assert contrast(pale, ground) >= 4.5, name


def test_words_on_hovering_stand_out():
    words, ground = map(parts_of, HOVER)
    assert contrast(words, ground) >= 4.5


def test_kinds_differ_in_shape_where_a_mark_stands_for_a_record():
    assert SYMBOLS.keys() == COLOURS.keys()
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_states_differ_in_sign_and_word(lang):
    assert len({SIGNS[state] for state in STATES}) == len(STATES)
    assert len({say(lang, f"state.{state}") for state in STATES}) == len(STATES)


def test_no_table_is_a_canvas():
    code = "\n".join(
        path.read_text(encoding="utf-8") for part in ("ui", "pages") for path in (ROOT / part).glob("*.py")
    )
    assert re.findall(r"st\.(?:dataframe|data_editor|table)\(", code) == []


def test_every_named_test_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 15
    assert named - set(re.findall(r"^def (test_\w+)\(", code, re.MULTILINE)) == set()
