"""Every record: searchable, sortable, with its printed words; the data dictionary; the download."""

from ui.records import show_dictionary, show_download, show_list, show_search
from ui.view import current_view

view = current_view()
show_search(view)
show_list(view)
show_download(view)
show_dictionary(view)
