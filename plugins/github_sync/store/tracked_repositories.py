"""The rows of tracked_repositories: read, lock, identify."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.entities import KEPT_ENTITIES
from github_sync.entities.repository import RepositoryIdentity, RepositoryRef
from github_sync.entities.values import Row
from github_sync.errors import RepositoryNotFound, RepositoryTrackedTwice, SyncError
from github_sync.store.warehouse import Warehouse

log = logging.getLogger(__name__)

Mode = Literal["full", "incremental"]


@dataclass(frozen=True)
class Scan:
    """One scan of a repository's pull requests, from the last updated one back to ``since``.

    :param since: the window's beginning (GitHub's clock); None for the whole history
    :param run_id: the Airflow run that began it
    :param began_at: when it began (Postgres's clock)
    :param started_at: when it asked for its first page (GitHub's clock); None before that
    :param cursor: after the last stored page; None before that
    :param prs_read: how many pull requests it has read
    :param prs_total: how many it has to read; None if that is not known
    """

    mode: Mode
    since: datetime | None
    run_id: str
    began_at: datetime | None
    started_at: datetime | None = None
    cursor: str | None = None
    prs_read: int = 0
    prs_total: int | None = None


@dataclass(frozen=True)
class TrackedRepository:
    """The current row of one repository.

    :param refused_fields: what GitHub refused since the last full scan began, with its reasons
    :param has_pull_requests: whether any of its pull requests is stored, or recorded as failed
    :param unfinished: the scan that the next attempt resumes
    """

    repository_id: int
    github_repo_id: int | None
    github_node_id: str | None
    full_name: str
    is_active: bool
    github_conn_id: str
    last_sync_at: datetime | None
    github_state: str | None
    page_size: int
    refused_fields: dict[str, str]
    has_pull_requests: bool
    unfinished: Scan | None

    @property
    def ref(self) -> RepositoryRef:
        """How to ask GitHub for it."""
        return RepositoryRef(self.full_name, self.github_node_id, self.github_repo_id)


def read_repository(warehouse: Warehouse, repository_id: int) -> TrackedRepository | None:
    """The repository's current row, or None if it is no longer tracked."""
    return next(iter(read_repositories(warehouse, [repository_id])), None)


def read_repositories(warehouse: Warehouse, repository_ids: list[int]) -> list[TrackedRepository]:
    """The current rows of those still tracked, by connection and ``repository_id``."""
    with warehouse.transaction():
        rows = warehouse.run("sync/read_repositories", repositories=repository_ids)
    return [_repository(row) for row in rows]


def _repository(row: Row) -> TrackedRepository:
    unfinished = None
    if row["scan_mode"] and row["scan_cursor"]:
        unfinished = Scan(
            row["scan_mode"],
            row["scan_since"],
            row["scan_run_id"],
            row["scan_began_at"],
            row["scan_started_at"],
            row["scan_cursor"],
            row["scan_prs_read"] or 0,
            row["scan_prs_total"],
        )
    columns = {name: value for name, value in row.items() if not name.startswith("scan_")}
    columns["refused_fields"] = columns["refused_fields"] or {}
    return TrackedRepository(**columns, unfinished=unfinished)


def save_refused_fields(
    warehouse: Warehouse, repository_id: int, refused_fields: dict[str, str]
) -> None:
    """Save what GitHub refused; call it within a transaction."""
    warehouse.run(
        "sync/save_refused_fields",
        repository_id=repository_id,
        refused_fields=json.dumps(refused_fields),
    )


@contextmanager
def repository_lock(warehouse: Warehouse, repository_id: int) -> Iterator[bool]:
    """Take the repository's lock for as long as the context lasts; whether we got it.

    A Postgres advisory lock of the session: it ends with its holder's connection.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    with warehouse.transaction():
        warehouse.run("sync/keep_session_alive")
        [locked] = warehouse.run("sync/lock_repository", repository_id=repository_id)
    try:
        yield bool(locked["is_locked"])
    finally:
        if locked["is_locked"]:
            _unlock(warehouse, repository_id)


def _unlock(warehouse: Warehouse, repository_id: int) -> None:
    """At once: closing the connection releases it too, but only when the server notices."""
    # If the connection is lost, its lock is already released.
    with suppress(SyncError), warehouse.transaction():
        warehouse.run("sync/unlock_repository", repository_id=repository_id)


def identify(
    warehouse: Warehouse, repository: TrackedRepository, on_github: RepositoryIdentity
) -> TrackedRepository:
    """Save the repository's ids at first contact, and later its new name if it was renamed.

    Call it within a transaction.

    :raises RepositoryTrackedTwice: another row is the same repository
    :raises RepositoryNotFound: the name now belongs to another repository
    """
    known = (repository.github_repo_id, repository.github_node_id, repository.full_name)
    if known == (on_github.github_repo_id, on_github.github_node_id, on_github.full_name):
        return repository
    _check_identity(warehouse, repository, on_github)
    if repository.full_name != on_github.full_name:
        log.info("%s was renamed to %s", repository.full_name, on_github.full_name)
        warehouse.run("sync/free_repository_name", **vars(on_github))
        follow_rename(warehouse, repository.repository_id, on_github.full_name)
    warehouse.run(
        "sync/identify_repository", repository_id=repository.repository_id, **vars(on_github)
    )
    return replace(repository, **vars(on_github))


def follow_rename(warehouse: Warehouse, repository_id: int, full_name: str) -> None:
    """Let the links of what is stored lead to the new name; call it within a transaction."""
    for entity in KEPT_ENTITIES:
        warehouse.run(entity.sql("rename_links"), repository_id=repository_id, full_name=full_name)


def _check_identity(
    warehouse: Warehouse, repository: TrackedRepository, on_github: RepositoryIdentity
) -> None:
    if repository.github_repo_id not in (None, on_github.github_repo_id):
        raise RepositoryNotFound(
            f"{repository.full_name}: this name now belongs to another repository (GitHub id "
            f"{on_github.github_repo_id}; the tracked one is {repository.github_repo_id}).",
            f"Pause it with the Dag {TRACK_DAG_ID}.",
            github_state="name_taken",
        )
    others = warehouse.run(
        "sync/find_repository_by_github_id",
        github_repo_id=on_github.github_repo_id,
        repository_id=repository.repository_id,
    )
    if others:
        raise RepositoryTrackedTwice(
            f"{repository.full_name} is the same repository as {others[0]['full_name']} (GitHub id "
            f"{on_github.github_repo_id}), which is already tracked.",
            f"Pause {repository.full_name} with the Dag {TRACK_DAG_ID}.",
        )
