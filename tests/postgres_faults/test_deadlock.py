"""Two repositories, each with a row that is refused, want the same people in opposite order."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg

from github_server import Repository, World
from github_sync.errors import WarehouseUnavailable
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until
from tests.sync.histories import LONG_AGO

SINGLY, FIRST = 4711, 4712
"""Advisory locks: before a page is stored one by one, and when its first one is written."""
GATES = f"""
create function github.wait_at_gates() returns trigger language plpgsql as $$
begin
    if new.title = 'refused' and nextval('github.refusals_' || new.repository_id) = 2 then
        perform pg_advisory_xact_lock_shared({SINGLY});
    elsif new.title = 'first' then
        perform pg_advisory_xact_lock_shared({FIRST});
    end if;
    return new;
end $$
"""


def test_a_deadlock_costs_one_try_at_most(world: World, syncing: Syncing) -> None:
    """Stored one by one, their people are no longer written in the order that prevents it."""
    api, web = (
        with_people(world, "acme/api", "alice bob"),
        with_people(world, "acme/web", "bob alice"),
    )
    ids = [syncing.track(api), syncing.track(web)]
    set_up_the_gates(syncing.database, ids)
    with closing(syncing.database.connect()) as keeper, ThreadPoolExecutor(2) as pool:
        keeper.autocommit = True
        keeper.execute("select pg_advisory_lock(%s), pg_advisory_lock(%s)", [SINGLY, FIRST])
        syncs = [pool.submit(syncing.sync, repository_id) for repository_id in ids]
        wait_until(lambda: waiting(keeper, SINGLY) == 2, "both wait")
        keeper.execute("select pg_advisory_unlock(%s)", [SINGLY])
        wait_until(
            lambda: waiting(keeper, SINGLY) == 0 and waiting(keeper) == 2, "both wait for a page"
        )
        keeper.execute("select pg_advisory_unlock(%s)", [FIRST])
        failures = [error for error in map(Future.exception, syncs) if error]

    assert len(failures) <= 1
    for error in failures:
        assert isinstance(error, WarehouseUnavailable)
        assert "40P01" in str(error)
    syncing.database.rows("alter table github.pull_requests drop constraint no_refused_check")
    for repository, repository_id in zip((api, web), ids, strict=True):
        syncing.sync(repository_id)
        syncing.assert_equal(repository)


def with_people(world: World, full_name: str, authors: str) -> Repository:
    """The newest one is refused; behind it, these people's."""
    repository = world.repository(full_name)
    for title, author in zip(("second", "first"), reversed(authors.split()), strict=True):
        repository.pull_request(title, author=world.user(author), created_at=LONG_AGO)
    repository.pull_request("refused", author=None, created_at=LONG_AGO)
    return repository


def set_up_the_gates(database: Database, ids: list[int]) -> None:
    for repository_id in ids:
        database.rows(f"create sequence github.refusals_{repository_id}")
    database.rows(GATES)
    database.rows(
        "create trigger gates before insert on github.pull_requests "
        "for each row execute function github.wait_at_gates()"
    )
    database.rows(
        "alter table github.pull_requests "
        "add constraint no_refused_check check (title <> 'refused')"
    )


def waiting(connection: psycopg.Connection[Any], gate: int | None = None) -> int:
    """How many sessions wait for a lock: for this one, or for any."""
    found = connection.execute(
        "select count(distinct pid) from pg_locks where not granted "
        "and (%(gate)s::bigint is null or (locktype = 'advisory' and objid = %(gate)s)) "
        "and pid in (select pid from pg_stat_activity where datname = current_database())",
        {"gate": gate},
    ).fetchone()
    return int(found[0]) if found else 0
