"""What each industry was promised, and all indicators of one industry."""

from ui import pieces
from ui.figure import show_choice, show_figure
from ui.view import current_view

view = current_view()
pieces.show_key(view)
show_figure(view, "sectors")
show_choice(view, "sector")
show_figure(view, "sector")
