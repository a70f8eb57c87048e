"""How fast the page in Airflow's UI is with thousands of repositories.

A real API server, an embedded PostgreSQL with default settings, and Chromium where there is one;
beside it Airflow's own list of Dags, asked in the same way.
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

import httpx
import psycopg
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.table import Table
from tenacity import Retrying, stop_after_delay, wait_fixed

from benchmarks.postgres import embedded_postgres
from demo.environment import airflow_environment
from demo.home import CHECKOUT, Home
from demo.ports import free_port
from github_sync.store.schema import upgrade_schema
from github_sync.store.warehouse import Warehouse

SIZE = SimpleNamespace(repositories=5000, attempts=30, pull_requests=40)
ROUNDS, WARM_UP = 30, 3
PATIENCE_SECONDS = 120
PAGE = "/github-sync/"
ADDRESSES = {
    "All repositories": PAGE,
    "The last page, by name": f"{PAGE}?sort=-name&page=100",
    "By requests of the last attempt": f"{PAGE}?sort=-requests",
    "A search": f"{PAGE}?search=repository-49",
    "The failing ones": f"{PAGE}?state=failing",
    "One repository": f"{PAGE}repositories/2500",
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
        with api_server(conninfo) as url:
            table = Table("Milliseconds", "HTTP: median", "slowest", "Chromium: median", "slowest")
            with chromium() as load:
                for what, path in ADDRESSES.items():
                    cells = [*_timed(_asked(url), path), *_timed(load, url + path)]
                    table.add_row(what, *cells)
    console.print(table)
    console.print(
        f"{SIZE.repositories:,} repositories, with {SIZE.attempts} attempts and "
        f"{SIZE.pull_requests} pull requests each; {ROUNDS} rounds. In Chromium: "
        "from the navigation to the end of its load event, without Airflow's frame around it. "
        f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    )


def fill(conninfo: str) -> None:
    """The fleet's tables."""
    with closing(Warehouse(psycopg.connect(conninfo))) as warehouse:
        upgrade_schema(warehouse)
    sql = Path(__file__).parent / "sql"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name in ("fill_fleet", "fill_pull_requests"):
            statement = (sql / f"{name}.sql").read_text(encoding="utf-8")
            connection.execute(statement, vars(SIZE))
        connection.execute("analyze")


@contextmanager
def api_server(conninfo: str) -> Iterator[str]:
    """The address of an Airflow API server whose page reads that database."""
    with tempfile.TemporaryDirectory(prefix="github-sync-benchmark-") as folder:
        home = Home(Path(folder), "up")
        home.make()
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
    given = {"host": parts["host"], "user": parts["user"], "dbname": parts["dbname"]}
    return f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}"


def _wait_until_up(url: str) -> None:
    for attempt in Retrying(stop=stop_after_delay(PATIENCE_SECONDS), wait=wait_fixed(0.3)):
        with attempt:
            httpx.get(f"{url}/api/v2/monitor/health", timeout=5).raise_for_status()


def _asked(url: str) -> Timer:
    token = httpx.get(f"{url}/auth/token", timeout=30).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx.Client(base_url=url, headers=headers, timeout=30, follow_redirects=True)

    def ask(path: str) -> float:
        started = time.perf_counter()
        client.get(path).raise_for_status()
        return (time.perf_counter() - started) * 1000

    return ask


@contextmanager
def chromium() -> Iterator[Timer | None]:
    """What loads an address in a browser; None where no Chromium is installed."""
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


def _timed(timer: Timer | None, address: str) -> tuple[str, str]:
    """Median and slowest, in milliseconds."""
    if timer is None:
        return "-", "-"
    found = [timer(address) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    return f"{statistics.median(found):.0f}", f"{max(found):.0f}"


if __name__ == "__main__":
    main()
