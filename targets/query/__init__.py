"""What a reader selects, and the tables behind charts and lists.

Imports progress and what is below it.
"""
