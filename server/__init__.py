"""HTTP: the endpoints beside the pages, and the middleware around everything."""
