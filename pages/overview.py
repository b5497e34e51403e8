"""How many targets and figures, by whom, for which years; who gave numbers and who gave none."""

from ui.figure import show_figure
from ui.overview import FIGURES, show_tiles, show_years
from ui.view import current_view

view = current_view()
show_tiles(view)
for name in FIGURES:
    show_figure(view, name)
show_years(view)
