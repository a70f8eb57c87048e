"""The UI's connection to Postgres: read-only and short."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from github_sync.settings import Settings
from github_sync.store.schema import latest_version
from github_sync.store.warehouse import Warehouse
from github_sync.tasks.connections import open_warehouse

TIMEOUT_SECONDS = 5
"""A request that waits holds one of the few threads that Airflow's API shares with the UI."""


class NotReady(Exception):
    """The tables that the UI reads do not exist.

    :param is_there: the schema does, in an older version
    """

    def __init__(self, is_there: bool) -> None:
        super().__init__(is_there)
        self.is_there = is_there


def read_only_warehouse() -> Iterator[Warehouse]:
    """The warehouse, within one transaction that only reads.

    :raises NotReady: its schema does not exist yet, or is older than this package
    :raises SyncError: Postgres is unavailable, or refuses the connection
    """
    opened = closing(open_warehouse(Settings.from_environment(), TIMEOUT_SECONDS))
    with opened as warehouse, warehouse.transaction():
        warehouse.run("ui/begin_reading")
        [schema] = warehouse.run("schema/find_schema")
        if not schema["is_there"]:
            raise NotReady(is_there=False)
        [schema] = warehouse.run("schema/read_schema_version")
        if (schema["version"] or "") < latest_version():
            raise NotReady(is_there=True)
        yield warehouse
