"""The numbers at the head of the overview, each a link to its records."""

from html import escape

from targets.charts.blocks import OVERVIEW, block_of
from targets.charts.canvas import COLOURS
from targets.load.dataset import Data
from targets.query.facets import label_option, options
from targets.query.narrowing import count_options
from targets.text import LANGUAGES, write
from targets.wording.headlines import say_counts
from ui import pieces
from ui.figure import foot_of, show_figures
from ui.view import View, read_view


def prepare(data: Data) -> None:
    """Compute what readers see who open the page without filters, in both languages."""
    for lang in LANGUAGES:
        view = read_view(data, {"lang": [lang]}, None)
        if view.too_many or not view.count:
            continue
        count_options(view.data, view.selection, "kind")
        for name in OVERVIEW:
            foot_of(view, name, block_of(name, view.data, lang, view.selection, view.choice))


def show_overview(view: View) -> None:
    """Show how many records of each kind there are, and by whom, the charts, and how many each year has."""
    show_figures(view, OVERVIEW, view.kept("tiles", lambda: _tiles(view)), view.kept("years", lambda: _years(view)))


def _tiles(view: View) -> str:
    counts = count_options(view.data, view.selection, "kind")
    kinds = view.selection.kind or tuple(options(view.data, "kind"))
    shown = {kind: n if kind in kinds else 0 for kind, n in counts.items()}
    lead = view.say(
        "overview.lead",
        sources=view.rows["source"].nunique(),
        actors=view.rows["actor"].nunique(),
        records=view.count,
        counts=say_counts(view.lang, shown),
    )
    tiles = "".join(
        f'<a data-view style="--kind:{COLOURS[kind]}" href="{escape(view.href("records", kind=[kind]))}">'
        f"<b>{write(n)}</b><span>{escape(view.say(f'tile.{kind}'))}</span></a>"
        for kind, n in shown.items()
    )
    return pieces.block(f'<p class="lead">{escape(lead)}</p><div class="tiles">{tiles}</div>')


def _years(view: View) -> str:
    counts = count_options(view.data, view.selection, "year")
    tiles = "".join(
        f'<a data-view style="--kind:rgba(128,128,128,.5)" href="{escape(view.href("records", year=[year]))}">'
        f"<b>{write(n)}</b><span>{escape(label_option(view.data, view.lang, 'year', year))}</span></a>"
        for year, n in counts.items()
        if n and (not view.selection.year or year in view.selection.year)
    )
    return pieces.block(f"<h2>{escape(view.say('overview.by_year'))}</h2>", f'<div class="tiles">{tiles}</div>')
