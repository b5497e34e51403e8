"""The pandas layer: printed targets and figures in comparable units. Never imports Streamlit."""
