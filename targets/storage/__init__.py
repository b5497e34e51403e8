"""Which version of the data is served: the store, the fallback copy, the cached frame, checksums, warm-up.

Imports backends and what is below it.
"""
