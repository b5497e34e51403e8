"""Homes of data beyond a folder: an engine that Ibis asks. Imported only where TARGETS_URL names one."""
