"""The UI in a real browser within Airflow, and plain HTTP requests as each user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from demo.airflow_api import http_client
from tests.fixtures.scheduler import FirstMorning, LiveAirflow, first_morning, live_airflow
from tests.fixtures.tools import find_browser
from tests.scheduler.components import token

__all__ = ["first_morning", "live_airflow"]
VIEWPORT = {"width": 1400, "height": 900}
TIMEOUT_MS = 60_000
# Runs as root, and sends no requests of its own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def without_traces(live_airflow: LiveAirflow, first_morning: FirstMorning) -> Iterator[None]:
    """The Dags are unpaused. Undo afterwards what the test did to GitHub and to Airflow."""
    yield
    live_airflow.clean_up()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium from the system's packages."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_MS)
    path = find_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def log_in(browser: Any, live_airflow: LiveAirflow) -> Iterator[Any]:
    """Call it with a user's name and Playwright's options of a browser context; returns a page."""
    windows = []

    def log_in(user: str = "operator", **options: Any) -> Any:
        url = live_airflow.components.url
        window = browser.new_context(base_url=url, **{"viewport": VIEWPORT} | options)
        cookie = {"name": "_token", "value": token(url, user), "url": url}
        window.add_cookies([cookie | {"httpOnly": True, "sameSite": "Lax"}])
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        return page

    yield log_in
    for window in windows:
        window.close()


@pytest.fixture
def as_user(live_airflow: LiveAirflow) -> Iterator[Any]:
    """Call it with a user's name, or None for no login; returns an HTTP client for the UI."""
    clients = []

    def as_user(user: str | None) -> httpx.Client:
        url = live_airflow.components.url
        clients.append(http_client(f"{url}/github-sync", token(url, user) if user else ""))
        return clients[-1]

    yield as_user
    for client in clients:
        client.close()
