"""Relations between the figures, checked in public."""

from ui.checks import show_checks
from ui.view import current_view

show_checks(current_view())
