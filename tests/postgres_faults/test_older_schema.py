"""The tables are older than the code: the first task upgrades them, and nothing is lost."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from shutil import copytree
from typing import Any

import psycopg
import pytest

from github_server import GitHubServer, World
from github_sync.resources import VARIABLE, include_folder
from tests.fixtures.postgres import Database, upgrade_schema
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.sync.histories import with_history

LATER = "9001"
AT_ONCE = 3


@pytest.fixture
def older(empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database as this release leaves it, with a repository tracked, and a later release."""
    upgrade_schema(empty_database.connect)
    empty_database.rows("insert into github.tracked_repositories (full_name) values ('acme/api')")
    folder = copytree(include_folder(), tmp_path / "include")
    versions = folder / "sql" / "migrations" / "versions"
    (versions / f"{LATER}_add_colour.sql").write_text(
        "alter table github.pull_requests add colour text not null default 'green'"
    )
    monkeypatch.setenv(VARIABLE, str(folder))
    return empty_database


def test_tasks_that_start_at_once(
    older: Database, world: World, github_server: GitHubServer
) -> None:
    """All find it older and are held up; then one upgrades, and the others find it done."""
    api = with_history(world, pull_requests=3, reviews=1)
    spawn = multiprocessing.get_context("spawn")
    tasks = [spawn.Process(target=upgrade, args=(older,)) for _ in range(AT_ONCE)]
    with older.connect() as other:
        other.execute("select pg_advisory_xact_lock(hashtextextended('github.schema_version', 0))")
        for task in tasks:
            task.start()
        wait_until(lambda: waiting(other) == AT_ONCE, "all wait")
        other.rollback()
    for task in tasks:
        task.join(timeout=60)

    assert [task.exitcode for task in tasks] == [0] * AT_ONCE
    assert version(older) == LATER
    syncing = Syncing(world, github_server, older)
    [row] = older.rows("select repository_id from github.tracked_repositories")
    syncing.sync(row["repository_id"])
    syncing.assert_equal(api)


def upgrade(database: Database) -> None:
    upgrade_schema(database.connect)


def version(database: Database) -> str:
    return str(database.one("select version_num from github.schema_version")["version_num"])


def waiting(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = "
        "(select oid from pg_database where datname = current_database())"
    ).fetchone()
    return int(found[0]) if found else 0
