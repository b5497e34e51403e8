"""What HTTP sees beside the pages: data endpoints and their description, middleware, health, log.

Imports targets; shows nothing with Streamlit.
"""
