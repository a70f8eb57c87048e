"""Attempts on a connection of the test's choice, and what they leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository
from tests.fixtures.postgres import Database
from tests.fixtures.syncing import Syncing
from tests.fixtures.waiting import wait_until

MIRRORED = ("users", "pull_requests", "pull_request_reviews")


def attempt_over(
    syncing: Syncing, conninfo: Callable[[], str], repository_id: int, **fields: Any
) -> dict[str, Any]:
    """One attempt, each of whose connections to Postgres goes where this says at the time."""
    syncing.runs += 1
    return sync_repository(
        syncing.job(repository_id, **fields),
        lambda: Warehouse(psycopg.connect(conninfo())),
        syncing.open_github,
        syncing.settings,
    )


def row_versions(database: Database) -> dict[str, list[dict[str, Any]]]:
    """GitHub's rows with the transactions that wrote them: a write that changes nothing shows."""
    return {
        table: database.rows(f"select xmin::text, ctid::text, * from github.{table} order by ctid")
        for table in MIRRORED
    }


def stored_counts(database: Database, repository_id: int) -> tuple[int, int]:
    """How many pull requests and reviews of the repository there are."""
    found = database.one(
        "select count(distinct github_pr_id) as pull_requests, "
        "count(github_review_id) as reviews from github.pull_requests "
        "left join github.pull_request_reviews using (github_pr_id) "
        "where repository_id = %(id)s",
        id=repository_id,
    )
    return found["pull_requests"], found["reviews"]


def wait_until_alone(database: Database) -> None:
    """Until no one else is connected to the database."""
    others = (
        "select 1 from pg_stat_activity "
        "where datname = current_database() and pid != pg_backend_pid()"
    )
    wait_until(lambda: not database.rows(others), "no one else is connected")
