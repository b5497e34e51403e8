"""From a page to rows: the audit that finds every numeral of a source in a row or among the exclusions.

Imports everything else in targets.
"""
