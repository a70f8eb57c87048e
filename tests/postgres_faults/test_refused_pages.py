"""Postgres does not take the second page: the error says why, and all but that page stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pytest

from github_server import Fault, Repository, World
from github_sync.errors import PermanentError, SyncError, WarehouseRefused, WarehouseUnavailable
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.postgres_faults.attempts import attempt_over, stored_counts
from tests.sync.histories import with_history


@dataclass(frozen=True)
class Refusal:
    """What stands in the way of the second page, and what is to be said of it.

    :param setting: of the role's sessions
    :param breaks: a statement run before the page is stored
    :param repairs: the statement that undoes it
    :param holds: a statement of another session's, whose transaction stays open meanwhile
    :param fires: what a trigger does in the page's transaction, behind all of its rows
    :param loses_columns: whether mending does not bring back what was stored
    """

    error: type[SyncError]
    says: str
    setting: str | None = None
    breaks: str | None = None
    repairs: str | None = None
    holds: str | None = None
    fires: str | None = None
    loses_columns: bool = False


REFUSALS = {
    "a row that another session holds": Refusal(
        WarehouseUnavailable,
        "55P03",
        setting="lock_timeout = '100ms'",
        holds="select * from github.users where login = 'bob' for update",
    ),
    "a table that another session alters": Refusal(
        WarehouseUnavailable,
        "55P03",
        setting="lock_timeout = '100ms'",
        holds="lock table github.pull_request_reviews in access exclusive mode",
    ),
    "a statement that takes too long": Refusal(
        WarehouseUnavailable,
        "57014",
        setting="statement_timeout = '2s'",
        fires="perform pg_sleep(60)",
    ),
    "a transaction that takes too long": Refusal(
        WarehouseUnavailable,
        "25P04|transaction timeout",
        setting="transaction_timeout = '2s'",
        fires="perform pg_sleep(60)",
    ),
    "a disk that is full": Refusal(
        WarehouseUnavailable,
        "53100: could not extend file",
        fires="raise exception 'could not extend file \"base/1/2\": No space left on device' "
        "using errcode = '53100'",
    ),
    "no memory left": Refusal(
        WarehouseUnavailable,
        "53200: out of memory",
        fires="raise exception 'out of memory' using errcode = '53200'",
    ),
    "no permission on users": Refusal(
        WarehouseRefused,
        "permission denied for table users.*Grant it to the connection's role",
        breaks="revoke insert, update on github.users from {role}",
        repairs="grant insert, update on github.users to {role}",
    ),
    "no permission on reviews": Refusal(
        WarehouseRefused,
        "permission denied for table pull_request_reviews.*Grant it to the connection's role",
        breaks="revoke update on github.pull_request_reviews from {role}",
        repairs="grant update on github.pull_request_reviews to {role}",
    ),
    "no permission to delete": Refusal(
        WarehouseRefused,
        "permission denied for table sync_failures",
        breaks="revoke delete on github.sync_failures from {role}",
        repairs="grant delete on github.sync_failures to {role}",
    ),
    "a column dropped by hand": Refusal(
        WarehouseRefused,
        '42703: column "commit_sha".*by hand',
        breaks="alter table github.pull_request_reviews drop column commit_sha",
        repairs="alter table github.pull_request_reviews add column commit_sha text",
        loses_columns=True,
    ),
    "a constraint dropped by hand": Refusal(
        WarehouseRefused,
        "42704: .*users_pkey.*by hand",
        breaks="alter table github.users drop constraint users_pkey cascade",
        repairs="alter table github.users add constraint users_pkey primary key (github_user_id)",
    ),
    "a table renamed by hand": Refusal(
        WarehouseRefused,
        "42P01: .*github.users.*by hand",
        breaks="alter table github.users rename to people",
        repairs="alter table github.people rename to users",
    ),
}


@pytest.fixture
def role(syncing: Syncing) -> Iterator[str]:
    """Whom the sync connects as: no superuser, whom no permission is denied."""
    name = f"sync_of_{syncing.database.name}"
    syncing.database.rows(f"create role {name} login")
    syncing.database.rows(f"grant usage on schema github to {name}")
    syncing.database.rows(f"grant all on all tables in schema github to {name}")
    yield name
    syncing.database.rows(f"drop owned by {name}")
    syncing.database.rows(f"drop role {name}")


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150, reviews=1)


@pytest.mark.parametrize("case", REFUSALS)
def test_the_page_is_refused(
    case: str, world: World, syncing: Syncing, api: Repository, role: str
) -> None:
    refusal = REFUSALS[case]
    database = syncing.database
    conninfo = f"{database.conninfo} user={role}"
    repository_id = syncing.track(api)
    if refusal.setting:
        database.rows(f"alter role {role} set {refusal.setting}")
    with closing(database.connect()) as other:
        begin = partial(stand_in_the_way, refusal, database, role, other)
        world.faults.add(Fault(before_answer=begin, skip=1))
        with pytest.raises(refusal.error, match=refusal.says) as raised:
            attempt_over(syncing, lambda: conninfo, repository_id, is_last_try=False)
    assert type(raised.value) is refusal.error
    assert stored_counts(database, repository_id) == (100, 100)
    assert_reported(syncing, repository_id, raised.value)

    repair(refusal, database, role)
    again = attempt_over(
        syncing, lambda: conninfo, repository_id, full_resync=refusal.loses_columns
    )
    assert again["prs_synced"] == (150 if refusal.loses_columns else 50)
    syncing.assert_equal(api)


def stand_in_the_way(
    refusal: Refusal, database: Database, role: str, other: psycopg.Connection[Any]
) -> None:
    if refusal.holds:
        other.execute(refusal.holds)
    if refusal.breaks:
        database.rows(refusal.breaks.format(role=role))
    if refusal.fires:
        database.rows(
            "create function github.fire() returns trigger language plpgsql as $$ "
            f"begin {refusal.fires}; return new; end $$"
        )
        database.rows(
            "create trigger fire before update on github.tracked_repositories for each row "
            "when (new.last_sync_at is not null) execute function github.fire()"
        )


def repair(refusal: Refusal, database: Database, role: str) -> None:
    if refusal.repairs:
        database.rows(refusal.repairs.format(role=role))
    database.rows("drop trigger if exists fire on github.tracked_repositories")


def assert_reported(syncing: Syncing, repository_id: int, error: SyncError) -> None:
    """What is worth another try leaves the repository syncing; what is not is its error at once."""
    is_final = isinstance(error, PermanentError)
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["status"], attempt["error_class"]) == ("error", type(error).__name__)
    assert (attempt["is_final"], attempt["prs_synced"]) == (is_final, 100)
    assert attempt["error_message"] == f"acme/api: {error}"
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == ("error" if is_final else "syncing")
    assert row["last_sync_error"] == (attempt["error_message"] if is_final else None)
    assert row["last_sync_at"] is None
