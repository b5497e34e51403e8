"""The floor of a rerun: one box and a text."""

import streamlit as st

st.html(f"<p>{st.selectbox('place', st.query_params.get_all('district') or ['all'])}</p>")
