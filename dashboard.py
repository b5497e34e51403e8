"""The front door: the pages, and the addresses beside them. Start with `streamlit run dashboard.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from server import health
from server.routes import ROUTES
from targets.store import STORE


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Load the data before the first visitor asks for it, and follow its files until the last has gone."""
    STORE.watch()
    yield
    STORE.stop()


app = st.App(str(Path(__file__).parent / "ui" / "shell.py"), routes=[*ROUTES, *health.ROUTES], lifespan=lifespan)
