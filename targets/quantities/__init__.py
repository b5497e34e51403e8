"""Reads printed Chinese quantities: numerals, units, qualifiers, and years named by their distance (今年, 3年).

Imports nothing of the project.
"""
