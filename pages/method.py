"""How figures are read, compared and checked: every rule as the code has it."""

from ui.method import show_definitions, show_rules, show_vocabulary
from ui.view import current_view

view = current_view()
show_rules(view)
show_vocabulary(view)
show_definitions(view)
