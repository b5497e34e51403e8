"""What leaves the program: CSV, JSON, Excel workbook, data package.

Imports storage and what is below it.
"""
