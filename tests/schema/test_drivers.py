"""Whatever an Airflow connection asks of its driver, and whichever driver it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import psycopg2
import psycopg2.extras
import pytest
from psycopg.rows import dict_row, namedtuple_row

from github_sync.errors import RowRefused, WarehouseUnavailable
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository
from tests.fixtures.postgres import Database, upgrade_schema
from tests.fixtures.syncing import Syncing
from tests.schema.transactions import ending, history, names, raising, refused, together, track

Connect = Callable[[], Any]
FINDING = {"github_repo_id": 7, "repository_id": 0}


@pytest.mark.parametrize(
    "row_factory", [dict_row, namedtuple_row], ids=["dict_row", "namedtuple_row"]
)
@pytest.mark.parametrize("autocommit", [False, True])
def test_a_connections_extras_do_no_harm(
    row_factory: Any, autocommit: bool, empty_database: Database
) -> None:
    """An Airflow connection may ask for other rows and for autocommit."""

    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(
            empty_database.conninfo, row_factory=row_factory, autocommit=autocommit
        )

    upgrade_schema(connect)
    upgrade_schema(connect)
    check_transactions(connect, empty_database)


@pytest.mark.parametrize("cursor", [None, "DictCursor", "RealDictCursor", "NamedTupleCursor"])
def test_psycopg2_will_do_too(cursor: str | None, empty_database: Database) -> None:

    def connect() -> Any:
        factory = getattr(psycopg2.extras, cursor) if cursor else None
        return psycopg2_connection(empty_database, cursor_factory=factory)

    upgrade_schema(connect)
    check_transactions(connect, empty_database)


def test_a_sync_over_psycopg2(syncing: Syncing) -> None:
    api = history(syncing, 3)
    repository_id = syncing.track(api)
    database = syncing.database

    def sync() -> None:
        job = SyncJob(repository_id, "acme/api", run_id="psycopg2")
        open_warehouse = lambda: Warehouse(psycopg2_connection(database))  # noqa: E731
        sync_repository(job, open_warehouse, syncing.open_github, syncing.settings)

    sync()
    syncing.assert_equal(api)
    first = api.pull_requests[1]
    first.submit_review(syncing.world.user("carol"), "APPROVED", body="\0 and %s")
    sync()
    syncing.assert_equal(api)


def psycopg2_connection(database: Database, **options: Any) -> Any:
    return psycopg2.connect(database.conninfo, **options)


def check_transactions(connect: Connect, database: Database) -> None:
    with closing(Warehouse(connect())) as warehouse:
        with pytest.raises(ValueError, match="enough"):
            together(warehouse, track, raising(ValueError("enough")))
        assert names(database) == []
        with warehouse.transaction():
            track(warehouse)
            [tracked] = warehouse.run("sync/find_repository_by_github_id", **FINDING)
            with pytest.raises(RowRefused, match="23514"), warehouse.savepoint():
                refused(warehouse)
        assert names(database) == ["acme/api"]
        with pytest.raises(WarehouseUnavailable):
            together(warehouse, ending(database), track)
    assert tracked["full_name"] == "acme/api"
