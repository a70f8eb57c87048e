"""Steps to take in a transaction, and a history to store."""

from __future__ import annotations

from collections.abc import Callable

from github_server import Repository
from github_sync.store.warehouse import Warehouse
from tests.fixtures.github import START
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing

Step = Callable[[Warehouse], object]
TRACK = {"github_repo_id": 7, "github_node_id": "R_7", "github_conn_id": "github_default"}


def history(syncing: Syncing, size: int) -> Repository:
    api = syncing.world.repository("acme/api")
    alice, bob = syncing.world.user("alice"), syncing.world.user("bob")
    for number in range(size):
        api.pull_request(f"feat: {number}", author=alice, created_at=START).review(author=bob)
    return api


def names(database: Database) -> list[str]:
    rows = database.rows("select full_name from github.tracked_repositories order by 1")
    return [row["full_name"] for row in rows]


def together(warehouse: Warehouse, *steps: Step) -> None:
    """The steps in one transaction."""
    with warehouse.transaction():
        for step in steps:
            step(warehouse)


def track(warehouse: Warehouse) -> None:
    warehouse.run("tracking/track_repository", full_name="acme/api", **TRACK)


def refused(warehouse: Warehouse) -> None:
    """A row whose content no table takes: its full name is none."""
    warehouse.run("tracking/track_repository", full_name="hunter2", **TRACK | {"github_repo_id": 8})


def pausing(full_name: str) -> Step:
    return lambda warehouse: warehouse.run("tracking/pause_repository", full_name=full_name)


def raising(error: BaseException) -> Step:
    def fail(_: Warehouse) -> None:
        raise error

    return fail


def ending(database: Database) -> Step:
    """Ends the warehouse's session, as a restart of Postgres does."""

    def end(warehouse: Warehouse) -> None:
        pid = warehouse.connection.info.backend_pid
        database.rows("select pg_terminate_backend(%(pid)s, 5000)", pid=pid)

    return end
