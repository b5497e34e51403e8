"""Data beyond a folder: Parquet, PostgreSQL and ClickHouse, asked through Ibis.

Imports query and what is below it. Imported only where such data is served or taken in, as Ibis takes half a second.
"""
