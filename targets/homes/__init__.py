"""Homes of data beyond a folder: an engine that Ibis asks. Imported only where one is shown or data is taken in."""
