"""How to get the data in other programs: endpoints, examples to copy, parameters."""

from ui.interface import show_endpoints, show_examples, show_parameters
from ui.view import current_view

view = current_view()
show_endpoints(view)
show_examples(view)
show_parameters(view)
