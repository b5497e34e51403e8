"""From bytes to one checked data set: files, the CSV reader with a fast and a diagnosing path, the data set.

Imports contract and what is below it.
"""
