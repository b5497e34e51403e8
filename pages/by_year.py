"""A column per year and one for the undated, and everything due in one year."""

from ui import pieces
from ui.figure import show_choice, show_figure
from ui.view import current_view

view = current_view()
pieces.show_key(view)
show_figure(view, "timeline")
show_choice(view, "horizon")
show_figure(view, "horizon")
