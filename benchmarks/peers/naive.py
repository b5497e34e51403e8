"""What is written first: read, select, group and draw in every rerun."""

import os
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

frame = pd.read_csv(Path(os.environ["TARGETS_DATA"]) / "targets.csv", low_memory=False)
chosen = st.multiselect("district", frame["district"].unique(), default=st.query_params.get_all("district"))
if chosen:
    frame = frame[frame["district"].isin(chosen)]
counts = frame.groupby(["actor", "kind"], as_index=False)["id"].count().head(500)
st.plotly_chart(px.bar(counts, x="id", y="actor", color="kind"))
st.dataframe(frame)
st.download_button("CSV", frame.to_csv(index=False))
st.html(f"<p>{len(frame)}</p>")
