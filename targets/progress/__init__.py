"""Did it come true: matching actuals, pace, verdicts, outcomes, checks, measurability, totals, evidence.

Imports load and what is below it; knows nothing of filters.
"""
