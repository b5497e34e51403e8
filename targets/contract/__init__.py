"""What a row may say: the schema, units, intervals, dates, rules, and what may share an axis or a sum.

Imports quantities and text.
"""
