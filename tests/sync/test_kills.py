"""A sync that is killed, or loses its database, keeps its stored pages and leaves no lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from github_server import Fault, Repository, World
from github_sync.errors import WarehouseUnavailable
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.sync.histories import with_history

PAGES = 3
ROOT = Path(__file__).parents[2]


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=100 * PAGES - 50)


@pytest.fixture
def repository_id(api: Repository, syncing: Syncing) -> int:
    return syncing.track(api)


def test_a_process_that_is_killed(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """kill -9 gives it no chance to say anything; the next attempt says it."""
    child = start_process(syncing, repository_id)
    world.faults.add(Fault(before_answer=lambda: kill(child, syncing), skip=2, times=1))
    assert child.wait(timeout=60) == -signal.SIGKILL
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["prs_synced"]) == ("running", 200)

    result = syncing.sync(repository_id)

    assert result["requests"] == PAGES - 2
    syncing.assert_equal(api)
    killed, finished = syncing.attempts(repository_id)
    assert (killed["status"], killed["error_class"]) == ("killed", "TaskKilled")
    assert killed["finished_at"] is not None
    assert (finished["status"], finished["prs_synced"]) == ("complete", 50)
    assert syncing.tracked(repository_id)["sync_status"] == "complete"


def test_a_lost_database_connection_between_pages(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.faults.add(Fault(before_answer=lambda: end_sessions(syncing), skip=2, times=1))

    with pytest.raises(WarehouseUnavailable):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", "WarehouseUnavailable")
    assert attempt["prs_synced"] == 200
    result = syncing.sync(repository_id)
    assert result["requests"] == PAGES - 2
    syncing.assert_equal(api)


def test_a_database_connection_lost_in_the_middle_of_a_page_stores_none_of_it(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    """The second page's transaction ends its own session, when all of its rows are written."""
    syncing.database.rows("""
        create function die() returns trigger language plpgsql as $$
        begin
            if old.scan_cursor is not null then
                perform pg_terminate_backend(pg_backend_pid());
            end if;
            return new;
        end $$
    """)
    syncing.database.rows(
        "create trigger die before update of scan_cursor on github.tracked_repositories "
        "for each row execute function die()"
    )

    with pytest.raises(WarehouseUnavailable):
        syncing.sync(repository_id)

    stored = syncing.database.one("select count(*) as rows from github.pull_requests")
    [attempt] = syncing.attempts(repository_id)
    assert stored["rows"] == attempt["prs_synced"] == 100
    syncing.database.rows("drop trigger die on github.tracked_repositories")
    assert syncing.sync(repository_id)["requests"] == PAGES - 1
    syncing.assert_equal(api)


def test_an_interrupted_process_leaves_its_pages_and_a_word(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.faults.add(Fault(before_answer=interrupt_this_process, skip=2, times=1))

    with pytest.raises(KeyboardInterrupt):
        syncing.sync(repository_id)

    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", "KeyboardInterrupt")
    assert attempt["prs_synced"] == 200
    assert syncing.sync(repository_id)["requests"] == PAGES - 2
    syncing.assert_equal(api)


def start_process(syncing: Syncing, repository_id: int) -> subprocess.Popen[bytes]:
    database = syncing.database
    arguments = [database.socket_folder, database.name, syncing.server.url, str(repository_id)]
    command = [sys.executable, "-m", "tests.sync.sync_in_a_process", *arguments]
    path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins")))
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path})


def kill(process: subprocess.Popen[bytes], syncing: Syncing) -> None:
    """Kill it, and wait until Postgres has noticed, as it does by itself."""
    process.kill()
    wait_until(lambda: not sessions(syncing), "Postgres has ended its sessions", seconds=20)


def sessions(syncing: Syncing) -> int:
    """Connections to this test's database but the one that asks."""
    found = syncing.database.one(
        "select count(*) from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )
    return int(found["count"])


def interrupt_this_process() -> None:
    """What Ctrl-C does; the main thread waits for GitHub."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.2)


def end_sessions(syncing: Syncing) -> None:
    """What a restart of Postgres does to those connected."""
    with psycopg.connect(syncing.database.conninfo, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid != pg_backend_pid()"
        )
