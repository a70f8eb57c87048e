"""Through a real PgBouncer: session pooling works; what shares sessions is refused.

https://www.pgbouncer.org/features.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any

import psycopg
import psycopg2
import pytest

from github_server import Fault, World
from github_sync.errors import ConfigurationError, WarehouseUnavailable
from github_sync.store.tracked_repositories import repository_lock
from github_sync.store.warehouse import Warehouse, open_warehouse
from github_sync.sync.repository import sync_repository
from github_sync.ui.database import read_only_warehouse
from tests.fixtures.airflow import Airflow
from tests.fixtures.pooler import Pooler, pooler
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.postgres_faults.attempts import row_versions
from tests.sync.histories import with_history

DRIVERS = pytest.mark.parametrize("driver", [psycopg, psycopg2], ids=["psycopg", "psycopg2"])
LOCKS = (
    "select pid from pg_locks where locktype = 'advisory' "
    "and database = (select oid from pg_database where datname = current_database())"
)
SHARING: list[tuple[Any, dict[str, object]]] = [
    ("transaction", {}),
    ("transaction", {"default_pool_size": 1}),
    ("transaction", {"server_round_robin": 1, "min_pool_size": 5}),
    ("transaction", {"server_reset_query_always": 1}),
    ("session", {"server_reset_query": ""}),
    ("statement", {}),
]
"""Pools that give one session to several clients, and the settings of each."""


@DRIVERS
@pytest.mark.parametrize(("mode", "settings"), SHARING)
def test_a_pool_that_shares_sessions_is_refused_even_if_no_one_else_uses_it(
    mode: Any, settings: dict[str, object], driver: Any, database: Database
) -> None:
    expected: Any = ConfigurationError
    if (mode, driver) == ("statement", psycopg2):
        expected = WarehouseUnavailable  # this driver does not say why the connection ended
    with pooler(database, mode, **settings) as pooled:
        for _ in range(3):
            with pytest.raises(expected, match="pool_mode = session") as refusal:
                open_warehouse(lambda: driver.connect(pooled.conninfo(database)))
            assert pooled.folder in str(refusal.value)
            assert database.name in str(refusal.value) or driver is psycopg2
        assert database.rows(LOCKS) == []


@DRIVERS
@pytest.mark.parametrize("size", [1, 20])
def test_session_pooling_works(size: int, driver: Any, database: Database) -> None:
    with pooler(database, "session", default_pool_size=size) as pooled:
        for _ in range(3):
            opened = open_warehouse(lambda: driver.connect(pooled.conninfo(database)))
            with closing(opened) as warehouse, repository_lock(warehouse, 7) as is_ours:
                assert is_ours
                assert len(database.rows(LOCKS)) == 1
        wait_until(lambda: database.rows(LOCKS) == [], "the lock is released")


def test_a_busy_pool_that_shares_sessions_is_refused(database: Database) -> None:
    """Others take and return its backends all the time."""
    with pooler(database, "transaction", default_pool_size=8) as pooled, busy(pooled, database):
        for _ in range(20):
            with pytest.raises(ConfigurationError, match="pool_mode = session"):
                open_warehouse(lambda: psycopg.connect(pooled.conninfo(database)))


def test_many_syncs_at_once_through_it_write_nothing_and_leave_no_lock(
    syncing: Syncing, world: World
) -> None:
    database = syncing.database
    repositories = [syncing.track(with_history(world, f"acme/{name}")) for name in "abc"]
    before = row_versions(database), database.rows("select * from github.tracked_repositories")
    with pooler(database, "transaction", default_pool_size=3) as pooled, busy(pooled, database):
        connect = lambda: psycopg.connect(pooled.conninfo(database))  # noqa: E731
        jobs = [syncing.job(one, run_id=f"{turn}") for one in repositories for turn in range(4)]

        def sync(job: Any) -> str:
            with pytest.raises(ConfigurationError) as refusal:
                sync_repository(
                    job, lambda: open_warehouse(connect), syncing.open_github, syncing.settings
                )
            return str(refusal.value)

        with ThreadPoolExecutor(len(jobs)) as pool:
            refusals = list(pool.map(sync, jobs))
        assert all("pool_mode = session" in refusal for refusal in refusals)
        assert database.rows(LOCKS) == []
    after = row_versions(database), database.rows("select * from github.tracked_repositories")
    assert after == before
    assert database.rows("select 1 from github.sync_attempts") == []


def test_a_session_that_turns_out_to_be_shared_writes_nothing_more_and_leaves_no_lock(
    database: Database,
) -> None:
    """The first checks find an idle pool; then another client takes the backend."""
    with pooler(database, "transaction") as pooled, ExitStack() as stack:
        connect = partial(psycopg.connect, pooled.conninfo(database), prepare_threshold=None)
        warehouse = stack.enter_context(closing(Warehouse(connect())))
        other = stack.enter_context(connect())
        lock = repository_lock(warehouse, 7)
        assert lock.__enter__()
        assert len(database.rows(LOCKS)) == 1
        other.execute("select 1")  # its transaction now has the backend that holds the lock
        stack.callback(other.close)
        ended = threading.Timer(0.3, other.rollback)
        ended.start()

        with (
            pytest.raises(ConfigurationError, match="pool_mode = session"),
            warehouse.transaction(),
        ):
            warehouse.run("tracking/pause_owner", owner="acme")

        ended.join()
        lock.__exit__(None, None, None)
        assert database.rows(LOCKS) == []
        assert other.execute("select 1").fetchone() == (1,), "others are not disturbed"


@DRIVERS
def test_a_sync_through_session_pooling(driver: Any, syncing: Syncing, world: World) -> None:
    """Without prepared statements, which would collide in a backend used before."""
    database = syncing.database
    api = with_history(world, pull_requests=250, reviews=1)
    repository_id = syncing.track(api)
    with pooler(database, "session", default_pool_size=3) as pooled:
        connect = lambda: driver.connect(pooled.conninfo(database))  # noqa: E731
        for full in (False, True, True):
            sync_repository(
                syncing.job(repository_id, full_resync=full),
                lambda: open_warehouse(connect),
                syncing.open_github,
                syncing.settings,
            )
    syncing.assert_equal(api)


def test_one_of_two_syncs_at_once_steps_aside_in_session_pooling(
    syncing: Syncing, world: World
) -> None:
    database = syncing.database
    repository_id = syncing.track(with_history(world, pull_requests=3))
    second: list[dict[str, Any]] = []
    with pooler(database, "session") as pooled:
        connect = lambda: psycopg.connect(pooled.conninfo(database))  # noqa: E731

        def sync(run_id: str) -> dict[str, Any]:
            return sync_repository(
                syncing.job(repository_id, run_id=run_id),
                lambda: open_warehouse(connect),
                syncing.open_github,
                syncing.settings,
            )

        meanwhile = Fault(before_answer=lambda: second.append(sync("second")), times=1)
        world.faults.add(meanwhile)
        assert sync("first")["status"] == "complete"
    assert second[0]["reason"] == "Another task is syncing it at this moment."


@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_runs_of_the_dags_are_refused_at_once(mode: Any, airflow: Airflow) -> None:
    with_history(airflow.world, pull_requests=2)
    airflow.add("acme/api")
    before = row_versions(airflow.database), airflow.tracked("acme/api")
    with pooler(airflow.database, mode) as pooled:
        fields = json.loads(airflow.database.airflow_connection) | pooled.airflow_fields()
        airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(fields))
        runs = [airflow.track("acme/api"), airflow.sync(), airflow.sync(dry_run=True)]
        with pytest.raises(ConfigurationError, match="pool_mode = session"):
            next(read_only_warehouse())  # the page
    for run in runs:
        assert run.state == "failed"
        assert set(run.tries.values()) <= {0, 1}, "a retry cannot fix it"
        assert "connection postgres_default" in run.log
        assert "pool_mode = session" in run.log
    assert (row_versions(airflow.database), airflow.tracked("acme/api")) == before
    assert airflow.attempts("acme/api") == []
    assert airflow.database.rows(LOCKS) == []


@contextmanager
def busy(pooled: Pooler, database: Database) -> Iterator[None]:
    """Another program's clients of the pool, with short transactions."""
    is_over = threading.Event()

    def work() -> None:
        conninfo = pooled.conninfo(database)
        with closing(psycopg.connect(conninfo, prepare_threshold=None)) as connection:
            while not is_over.wait(0.002):
                connection.execute("select 1")
                connection.commit()

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(work) for _ in range(4)]
        try:
            yield
        finally:
            is_over.set()
    for client in clients:
        client.result()
