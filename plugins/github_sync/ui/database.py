"""The UI's connection to Postgres: read-only, and closed after each request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from github_sync.settings import Settings
from github_sync.store.schema import latest_version, read_version
from github_sync.store.warehouse import Warehouse
from github_sync.tasks.connections import open_warehouse

TIMEOUT_SECONDS = 5
"""A waiting request holds one of the few threads that Airflow's API shares with the UI."""


class SchemaNotReady(Exception):
    """The tables that the UI reads do not exist.

    :param exists: the schema exists, but in an older version
    """

    def __init__(self, exists: bool) -> None:
        super().__init__(exists)
        self.exists = exists


def read_only_warehouse() -> Iterator[Warehouse]:
    """The warehouse, within one read-only transaction.

    :raises SchemaNotReady: its schema does not exist yet, or is older than this package
    :raises ConfigurationError: the database or its schema github cannot be used
    :raises SyncError: Postgres is unavailable, or refuses the connection
    """
    opened = closing(open_warehouse(Settings.from_environment(), TIMEOUT_SECONDS))
    with opened as warehouse, warehouse.transaction():
        warehouse.run("ui/set_read_only")
        version = read_version(warehouse)
        if version is None or version < latest_version():
            raise SchemaNotReady(exists=version is not None)
        yield warehouse
