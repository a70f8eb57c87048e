"""The page as people see it: Airflow's UI in a real browser, and plain requests of each user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fixtures.scheduler import FirstMorning, LiveAirflow, first_morning, live_airflow
from tests.fixtures.tools import find_browser
from tests.scheduler.components import token

__all__ = ["first_morning", "live_airflow"]
VIEWPORT = {"width": 1400, "height": 900}
TIMEOUT_MS = 60_000
# A browser that is root's, and asks the network for nothing but the page.
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
    """The Dags are resumed; what a test did to GitHub and to Airflow ends with it."""
    yield
    live_airflow.clean_up()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, as the system's packages bring it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_MS)
    path = find_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def log_in(browser: Any, live_airflow: LiveAirflow) -> Iterator[Any]:
    """Call it with a user's name, and what Playwright lets one choose of a browser's window."""
    windows = []

    def log_in(user: str = "operator", **how: Any) -> Any:
        url = live_airflow.components.url
        window = browser.new_context(base_url=url, **{"viewport": VIEWPORT} | how)
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
    """Call it with a user's name, or None for no one; returns an HTTP client for the page."""
    clients = []

    def as_user(user: str | None) -> httpx.Client:
        url = live_airflow.components.url
        headers = {"Authorization": f"Bearer {token(url, user)}"} if user else {}
        clients.append(httpx.Client(base_url=f"{url}/github-sync", headers=headers, timeout=30))
        return clients[-1]

    yield as_user
    for client in clients:
        client.close()
