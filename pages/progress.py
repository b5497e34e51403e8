"""Did it come true: every target with its state, verdict or pace and why; statements held against other sources."""

from ui.figure import show_figures
from ui.progress import show_components, show_scorecard, show_statements
from ui.view import current_view

view = current_view()
show_figures(view, ("outcomes", "paths"))
show_scorecard(view)
show_statements(view)
show_components(view)
