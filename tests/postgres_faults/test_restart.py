"""Postgres is restarted, orderly or not, or fails over to a standby, in the middle of a sync."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from github_server import Fault, GitHubServer, Repository, World
from github_sync.errors import WarehouseUnavailable
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.postgres_faults.attempts import attempt_over, stored_counts
from tests.postgres_faults.own_server import Mode, OwnServer, own_server
from tests.sync.histories import with_history

GATE = 4711
"""The advisory lock at which the second page's transaction is held up."""


@pytest.fixture
def server() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


@pytest.fixture
def syncing(world: World, github_server: GitHubServer, server: OwnServer) -> Syncing:
    return Syncing(world, github_server, server.database)


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150, reviews=1)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_between_pages(
    mode: Mode, world: World, server: OwnServer, syncing: Syncing, api: Repository
) -> None:
    repository_id = syncing.track(api)
    world.faults.add(Fault(before_answer=lambda: server.restart(mode), skip=1, times=1))

    with pytest.raises(WarehouseUnavailable):
        syncing.sync(repository_id, is_last_try=False)

    assert stored_counts(server.database, repository_id) == (100, 100)
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", "WarehouseUnavailable")
    assert (attempt["prs_synced"], attempt["is_final"]) == (100, False)
    assert syncing.sync(repository_id)["prs_synced"] == 50
    syncing.assert_equal(api)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_stopped_within_a_page(
    mode: Mode,
    server: OwnServer,
    syncing: Syncing,
    api: Repository,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While it is down only the log can record it; the next attempt records it in the tables."""
    repository_id = syncing.track(api)
    hold_up_the_second_page(server.database)
    with closing(server.database.connect()) as gatekeeper, ThreadPoolExecutor(1) as pool:
        gatekeeper.execute("select pg_advisory_lock(%s)", [GATE])
        syncs = pool.submit(syncing.sync, repository_id)
        wait_until(lambda: is_held_up(gatekeeper), "it is held up")
        server.stop(mode)
        with pytest.raises(WarehouseUnavailable):
            syncs.result(timeout=60)
    server.start()

    assert "The failure could not be recorded in Postgres" in caplog.text
    assert stored_counts(server.database, repository_id) == (100, 100)
    server.database.rows("drop trigger gate on github.tracked_repositories")
    assert syncing.sync(repository_id)["prs_synced"] == 50
    syncing.assert_equal(api)
    statuses = [attempt["status"] for attempt in syncing.attempts(repository_id)]
    assert statuses == ["killed", "complete"]


def test_a_failover_to_a_standby(
    world: World,
    server: OwnServer,
    syncing: Syncing,
    api: Repository,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The primary dies after a page; the standby only reads, until it is promoted."""
    repository_id = syncing.track(api)
    folder = server.make_folder(server.folder.with_name("standby"))
    standby = server.start_standby(folder)

    def fail_over() -> None:
        wait_until(lambda: has_caught_up(server.database), "the standby has caught up")
        server.stop("immediate")
        syncing.database = standby

    world.faults.add(Fault(before_answer=fail_over, skip=1, times=1))
    with pytest.raises(WarehouseUnavailable):
        attempt_over(syncing, lambda: syncing.database.conninfo, repository_id)
    assert "25006" in caplog.text, "it could not be recorded where nothing can be written"
    with pytest.raises(WarehouseUnavailable, match="25006"):
        syncing.sync(repository_id)
    assert stored_counts(standby, repository_id) == (100, 100)
    server.promote(folder)

    assert syncing.sync(repository_id)["prs_synced"] == 50

    syncing.assert_equal(api)
    statuses = [attempt["status"] for attempt in syncing.attempts(repository_id)]
    assert statuses == ["killed", "complete"]


def hold_up_the_second_page(database: Database) -> None:
    database.rows(
        "create function github.wait_at_gate() returns trigger language plpgsql as $$ "
        f"begin perform pg_advisory_xact_lock({GATE}); return new; end $$"
    )
    database.rows(
        "create trigger gate before update on github.tracked_repositories for each row "
        "when (new.last_sync_at is not null) execute function github.wait_at_gate()"
    )


def is_held_up(connection: psycopg.Connection) -> bool:
    connection.execute("select pg_stat_clear_snapshot()")
    found = connection.execute(
        "select 1 from pg_locks where locktype = 'advisory' and objid = %s and not granted", [GATE]
    )
    return found.fetchone() is not None


def has_caught_up(primary: Database) -> bool:
    return bool(
        primary.rows(
            "select 1 from pg_stat_replication where replay_lsn >= pg_current_wal_flush_lsn()"
        )
    )
