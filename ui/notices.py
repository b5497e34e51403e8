"""Notices as HTML: nothing is selected, a link asks for what is unknown, the data is broken."""

from datetime import datetime
from html import escape

from targets.contract.dates import CHINA
from targets.query.narrowing import filters_to_relax
from targets.query.selection import FACETS, LONGEST_SEARCH, Ignored, read_typed_day
from targets.query.tables import CHOICE_COLUMN
from targets.storage.store import State
from targets.text import phrases, say
from ui.pieces import block, link
from ui.view import View


def say_empty(view: View) -> str:
    """Return what an empty selection says: which filter to let go, and how many records that brings."""
    ways = filters_to_relax(view.data, view.selection)
    said = [f"<h2>{escape(view.say('empty.title'))}</h2>"]
    if ways:
        items = [
            f"<li>{link(view.here(**{name: ()}), view.say('empty.relax', filter=view.say(f'filter.{name}'), n=n))}</li>"
            for name, n in ways.items()
        ]
        said.append(f"<ul>{''.join(items)}</ul>")
    else:
        said.append(f"<p>{escape(view.say('empty.relax_none'))}</p>")
    everything = {name: () for name in (*FACETS, "q", "asof")}
    said.append("<p>" + link(view.here(**everything), view.say("filter.reset"), "button") + "</p>")
    return block(f'<div role="status">{"".join(said)}</div>')


def say_ignored(view: View, most: int = 5) -> str:
    """Return the notice that names what the link asked for in vain, or nothing."""
    if not view.ignored:
        return ""
    said = [
        view.say(_why_ignored(one), parameter=_name(view, one), value=one.value[:40], most=LONGEST_SEARCH)
        for one in view.ignored[:most]
    ]
    if len(view.ignored) > most:
        said.append(view.say("notice.ignored_more", n=len(view.ignored) - most))
    return block('<div class="notice" role="status">' + "<br>".join(map(escape, said)) + "</div>")


def _name(view: View, one: Ignored) -> str:
    """Return what the page calls a parameter; one that is unknown keeps its name."""
    if (own := f"parameter.{one.parameter}") in phrases():
        return view.say(own)
    column = CHOICE_COLUMN.get(one.parameter, one.parameter)
    return view.say(f"filter.{column}") if column in (*FACETS, "q", "asof") else column[:30]


def _why_ignored(one: Ignored) -> str:
    if one.repeated:
        return "notice.one_value"
    if one.parameter == "q" and (len(one.value) > LONGEST_SEARCH or not one.value.isprintable()):
        return "notice.bad_search"
    if one.parameter == "asof" and not read_typed_day(one.value):
        return "notice.bad_day"
    return "notice.ignored" if one.value else "notice.unknown"


def say_problems(lang: str, state: State) -> str:
    """Return the warning that the data is broken or away: since when, what is shown instead, and each problem."""
    said = [say(lang, "live.since", since=_write_time(state.failing_since))]
    if state.dataset:
        title = say(lang, "backend.last_good" if state.remote else "notice.last_good")
        loaded = _write_time(state.loaded)
        said.append(say(lang, "live.shown", loaded=loaded, version=state.dataset.version))
    else:
        title = say(lang, "backend.no_data" if state.remote else "notice.no_data")
    said.append(say(lang, "backend.follow" if state.remote else "live.folder"))
    if len(state.problems) > 1:
        said.append(say(lang, "notice.problems", n=len(state.problems)))
    items = "".join(f"<li>{escape(problem.say(lang))}</li>" for problem in state.problems[:20])
    rest = escape((" " if lang == "en" else "").join(said))
    heading = f"<b>{escape(title)}</b>" if state.dataset else f"<h1>{escape(title)}</h1>"
    return block(f'<div class="notice" role="alert">{heading}<p>{rest}</p><ul>{items}</ul></div>')


def _write_time(time: datetime) -> str:
    return time.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
