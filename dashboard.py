"""The application: the pages, and the endpoints beside them. Start with `streamlit run dashboard.py`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from server import log
from server.health import health_routes
from server.index import NO_PAGE
from server.middleware import build_http
from server.routes import data_routes
from server.settings import Settings
from targets.storage.store import open_store, set_current_store
from ui.fault import show_fault
from ui.links import SCRIPTS
from ui.overview import prepare
from ui.view import PAGES

UI = Path(__file__).parent / "ui"


def create_app(settings: Settings) -> st.App:
    """Return the application that these settings describe; its pages show the data of its store."""
    store = open_store(settings.data, settings.url, settings.state)
    set_current_store(store)
    page_routes, middleware = build_http(
        settings,
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
        store.watch(prepare)
        yield
        store.stop()

    app = st.App(  # `streamlit run` reads this file for a call of st.App, and for the name of what it is assigned to
        str(UI / "shell.py"),
        routes=[*page_routes, *health_routes(store), *data_routes(store), NO_PAGE],
        middleware=middleware,
        lifespan=lifespan,
        on_script_error=show_fault,
    )
    return app


app = create_app(Settings.from_environment(os.environ))
