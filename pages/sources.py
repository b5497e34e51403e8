"""A source held against the data: what it is, its text with every numeral highlighted, its rows, what was left out."""

from ui.checks import show_checks
from ui.source_check import show_text_check
from ui.sources import choose_source, show_exclusions, show_misprints, show_rows, show_source
from ui.view import current_view

view = current_view()
source = choose_source(view)
show_source(view, source)
account = show_text_check(view, source)
show_rows(view, source, account)
show_exclusions(view, source)
show_misprints(view)
show_checks(view)
