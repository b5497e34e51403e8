"""How to get the data in other programs: addresses, examples to copy, parameters."""

from ui.interface import show_addresses, show_examples, show_parameters
from ui.view import current_view

view = current_view()
show_addresses(view)
show_examples(view)
show_parameters(view)
