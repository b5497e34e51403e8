"""How many targets and figures, by whom, for which years; who gave numbers and who gave none."""

from ui.figure import show_figure
from ui.overview import show_tiles, show_years
from ui.view import current_view

view = current_view()
show_tiles(view)
show_figure(view, "promises")
show_figure(view, "outcomes")
show_figure(view, "measurability")
show_figure(view, "wording")
show_figure(view, "headline")
show_years(view)
