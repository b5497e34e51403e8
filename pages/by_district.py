"""One indicator across places, and all indicators of one place."""

from ui import pieces
from ui.compare import show_beside, show_total
from ui.figure import show_choice, show_figure
from ui.view import current_view

view = current_view()
pieces.show_key(view)
show_choice(view, "compare")
show_beside(view)
show_figure(view, "compare")
show_total(view)
show_choice(view, "place")
show_figure(view, "place")
