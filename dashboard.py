"""The application: the pages, and the endpoints beside them. Start with `streamlit run dashboard.py`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from server import health, log
from server.index import NO_PAGE
from server.middleware import build_http
from server.routes import ROUTES
from targets.store import STORE
from ui.fault import show_fault
from ui.links import SCRIPTS
from ui.overview import prepare
from ui.view import PAGES

UI = Path(__file__).parent / "ui"
PAGE_ROUTES, MIDDLEWARE = build_http(
    os.environ,
    pages=PAGES,
    style=(UI / "style.css").read_text(encoding="utf-8"),
    scripts=SCRIPTS.values(),
    origins=st.get_option("server.corsAllowedOrigins") if st.get_option("server.enableCORS") else ["*"],
    uploads=st.get_option("server.maxUploadSize") > 0,
)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Load the data before the first visitor asks for it, and follow its files until the last has gone."""
    log.configure()
    STORE.watch(prepare)
    yield
    STORE.stop()


app = st.App(
    str(UI / "shell.py"),
    routes=[*PAGE_ROUTES, *health.ROUTES, *ROUTES, NO_PAGE],
    middleware=MIDDLEWARE,
    lifespan=lifespan,
    on_script_error=show_fault,
)
