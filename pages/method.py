"""How figures are read, compared and checked: every rule as the code has it."""

from ui.method import show_rules
from ui.view import current_view

show_rules(current_view())
