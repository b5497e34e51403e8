"""How many targets and figures, by whom, for which years; who gave numbers and who gave none."""

from ui.overview import show_overview
from ui.view import current_view

show_overview(current_view())
