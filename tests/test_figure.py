"""What stands under a chart."""

import pytest

from targets.selection import Selection, select
from ui.figure import MOST_SOURCES, Used


@pytest.mark.parametrize("selection", [Selection(), Selection(actor=("宁波市",)), Selection(q="没有这样的记录")])
def test_sources_are_named_in_their_order_with_the_lines_of_what_is_used(all_data, selection):
    rows = select(all_data, selection)
    groups = list(rows.groupby("source", observed=True)["line"])
    lines = {key: sorted(found.dropna().unique()) for key, found in groups[:MOST_SOURCES]}
    assert Used.of(rows) == Used(len(groups), lines)
