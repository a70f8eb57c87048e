"""Measures how fast the UI loads with thousands of repositories.

Uses a real API server, an embedded PostgreSQL with default settings, and Chromium if it is
installed. For comparison it loads Airflow's own list of Dags in the same way.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import psycopg
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.table import Table

from benchmarks.postgres import embedded_postgres
from demo.airflow_api import access_token, http_client, unhealthy_components
from demo.environment import airflow_environment
from demo.errors import DemoError
from demo.home import CHECKOUT, Home
from demo.ports import free_port
from demo.waiting import wait_until
from github_sync.store.schema import upgrade_schema
from github_sync.store.warehouse import Warehouse

SIZE = SimpleNamespace(repositories=5000, attempts=30, pull_requests=40)
ROUNDS, WARM_UP = 30, 3
TIMEOUT_SECONDS = 120
UI = "/github-sync/"
PATHS = {
    "All repositories": UI,
    "The last page, by name": f"{UI}?sort=-name&page=100",
    "By requests of the last attempt": f"{UI}?sort=-requests",
    "A search": f"{UI}?search=repository-49",
    "The failing ones": f"{UI}?state=failing",
    "One repository": f"{UI}repositories/2500",
    "(Airflow's own list of Dags)": "/ui/dags",
}
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
"""Milliseconds from the navigation to the end of the load event."""
Timer = Callable[[str], float]


def main() -> None:
    """Measure and print."""
    console = Console(width=100, highlight=False)
    with embedded_postgres() as postgres, postgres.database() as conninfo:
        fill(conninfo)
        with api_server(conninfo) as url, http_timer(url) as get, chromium() as load:
            table = Table("Milliseconds", "HTTP: median", "slowest", "Chromium: median", "slowest")
            for name, path in PATHS.items():
                table.add_row(name, *_timed(get, path), *_timed(load, url + path))
    console.print(table)
    console.print(
        f"{SIZE.repositories:,} repositories, with {SIZE.attempts} attempts and "
        f"{SIZE.pull_requests} pull requests each; {ROUNDS} rounds. In Chromium: "
        "from the navigation to the end of its load event, without Airflow's frame around it. "
        f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    )


def fill(conninfo: str) -> None:
    """Create and fill the tables."""
    with closing(Warehouse(psycopg.connect(conninfo))) as warehouse:
        upgrade_schema(warehouse)
    sql = Path(__file__).parent / "sql"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name in ("fill_repositories", "fill_pull_requests"):
            statement = (sql / f"{name}.sql").read_text(encoding="utf-8")
            connection.execute(statement, vars(SIZE))
        connection.execute("analyze")


@contextmanager
def api_server(conninfo: str) -> Iterator[str]:
    """The URL of an Airflow API server whose UI reads that database."""
    with tempfile.TemporaryDirectory(prefix="github-sync-benchmark-") as folder:
        home = Home(Path(folder), "up")
        home.create()
        url = f"http://127.0.0.1:{free_port()}"
        environment = airflow_environment(home) | {
            "AIRFLOW__API__BASE_URL": url,
            "AIRFLOW__API__PORT": url.rpartition(":")[2],
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW_CONN_POSTGRES_DEFAULT": _connection(conninfo),
        }
        _airflow(environment, home, "db", "migrate").wait()
        server = _airflow(environment, home, "api-server")
        try:
            _wait_until_up(url)
            yield url
        finally:
            server.terminate()
            server.wait()


def _airflow(environment: dict[str, str], home: Home, *command: str) -> subprocess.Popen[bytes]:
    with home.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "airflow", *command],
            cwd=CHECKOUT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _connection(conninfo: str) -> str:
    parts = conninfo_to_dict(conninfo)
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}"


def _wait_until_up(url: str) -> None:
    if not wait_until(lambda: not unhealthy_components(url, ("metadatabase",)), TIMEOUT_SECONDS):
        raise DemoError(f"Airflow's API server did not start in {TIMEOUT_SECONDS} s.")


@contextmanager
def http_timer(url: str) -> Iterator[Timer]:
    """A function that requests a path over HTTP."""
    with http_client(url, access_token(url)) as client:

        def get(path: str) -> float:
            started = time.perf_counter()
            client.get(path, follow_redirects=True).raise_for_status()
            return (time.perf_counter() - started) * 1000

        yield get


@contextmanager
def chromium() -> Iterator[Timer | None]:
    """A function that loads a URL in a browser; None if Chromium is not installed."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()

        def load(url: str) -> float:
            page.goto(url, wait_until="load")
            return float(page.evaluate(LOADED))

        yield load
        browser.close()


def _timed(timer: Timer | None, url: str) -> tuple[str, str]:
    """Median and slowest, in milliseconds."""
    if timer is None:
        return "-", "-"
    times = [timer(url) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    return f"{statistics.median(times):.0f}", f"{max(times):.0f}"


if __name__ == "__main__":
    main()
