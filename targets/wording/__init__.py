"""What is said of tables and rows: headlines, progress in words, cells, the method page, citations.

Imports query and what is below it. The sentences themselves are in targets/text.toml.
"""
