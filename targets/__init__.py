"""The pandas layer: printed targets and figures in comparable units. Never imports Streamlit.

Folders, each importing only from those before it: quantities, contract, load, progress, query, wording, charts,
backends, storage, export, entry.
"""

import pyarrow as pa

# Arrow's own allocator (mimalloc) asks for huge pages, which the system clears anew for every large table: a load of
# a million records takes 0.7 s more of it, and the process keeps 80 MB more.
pa.set_memory_pool(pa.system_memory_pool())
