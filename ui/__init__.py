"""What the Streamlit pages share: the view, filters, blocks of a page, and the frame around it (shell.py).

Imports server and targets.
"""
