"""A process killed in the middle of a page's transaction leaves the page before it, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from github_server import World
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.sync.histories import with_history

ROOT = Path(__file__).parents[2]
SLEEPING = """
select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'
"""


def test_a_process_killed_inside_a_page(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=250, reviews=1)
    repository_id = syncing.track(api)
    sleep_within_the_second_page(syncing)
    with start_process(syncing, repository_id) as child:
        try:
            wait_until(lambda: syncing.database.rows(SLEEPING), "it sleeps in the page")
        finally:
            child.kill()
    assert child.returncode == -signal.SIGKILL
    wait_until(lambda: not syncing.database.rows(SLEEPING), "Postgres has noticed")

    stored = syncing.database.one("select count(*) from github.pull_request_reviews")
    assert stored["count"] == 100
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["prs_synced"]) == ("running", 100)
    syncing.database.rows("drop trigger pause_now on github.tracked_repositories")
    world.request_log.clear()

    result = syncing.sync(repository_id)

    assert (result["requests"], result["prs_synced"]) == (2, 150)
    syncing.assert_equal(api)
    killed, _ = syncing.attempts(repository_id)
    assert (killed["status"], killed["prs_synced"]) == ("killed", 100)


def sleep_within_the_second_page(syncing: Syncing) -> None:
    """Behind all of its rows, before its commit; Postgres notices when the client is gone."""
    name = syncing.database.name
    syncing.database.rows(f"alter database {name} set client_connection_check_interval = '50ms'")
    syncing.database.rows("""
        create function pause_now() returns trigger language plpgsql as $$
        begin
            if old.scan_cursor is not null then
                perform pg_sleep(60);
            end if;
            return new;
        end $$
    """)
    syncing.database.rows(
        "create trigger pause_now before update of scan_cursor on github.tracked_repositories "
        "for each row execute function pause_now()"
    )


def start_process(syncing: Syncing, repository_id: int) -> subprocess.Popen[bytes]:
    database = syncing.database
    command = [sys.executable, "-m", "tests.sync.sync_in_a_process"]
    arguments = [database.socket_folder, database.name, syncing.server.url, str(repository_id)]
    environment = {"PYTHONPATH": f"{ROOT}/plugins:{ROOT}"}
    return subprocess.Popen([*command, *arguments], cwd=ROOT, env=environment)
