"""Adds, resumes and pauses tracked repositories, by name or by owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.entities.names import split_full_name, without_repeats
from github_sync.entities.values import Row
from github_sync.errors import ConfigurationError, RateLimited
from github_sync.store.schema import read_version
from github_sync.store.tracked_repositories import follow_rename
from github_sync.store.warehouse import Warehouse
from github_sync.tracking.clients import SharedClients
from github_sync.tracking.preflight import Finding, preflight, report
from github_sync.tracking.request import TrackRequest
from github_sync.tracking.search import ONE_NAME_ONLY, Candidate, Search

NO_REPOSITORY = -1


@dataclass
class TrackResult:
    """The result for each name; ``preflight`` is the report on what can be read."""

    tracked: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    preflight: dict[str, Any] | None = None


def track_repositories(
    request: TrackRequest, warehouse: Warehouse, open_github: Callable[[str], GitHubClient]
) -> TrackResult:
    """Check which repositories can be read, then track those, all in one transaction.

    One that cannot be read is refused. One that GitHub knows, but gave no answer about, is
    tracked and reported as unknown.

    :param open_github: opens GitHub with the Airflow connection of this id
    :raises SyncError: GitHub or Postgres could not be asked; nothing is changed then
    """
    with SharedClients(open_github) as clients:
        search = _search(request, warehouse, clients)
        connections, findings = preflight(search.candidates, search.connections, clients)
    unknown = {one.name for one in search.candidates if one.identity is None}
    refused = [
        _refused(one)
        for one in findings
        if one.repository in unknown or _is_refused(one, request.check_only)
    ]
    outcome = TrackResult(
        left_out=search.left_out, refused=refused, preflight=report(connections, findings)
    )
    if not request.check_only:
        unreadable = {one.repository for one in findings if one.verdict == "no"} | unknown
        found = [one for one in search.candidates if one.name not in unreadable]
        outcome.tracked = _tracked(warehouse, found, request.github_conn_id)
    return outcome


def pause_repositories(request: TrackRequest, warehouse: Warehouse) -> TrackResult:
    """Pause repositories by name or by owner, without asking GitHub."""
    outcome = TrackResult()
    paused: set[str] = set()
    with warehouse.transaction():
        for name in without_repeats(request.repositories):
            with _refusal_noted(outcome, name):
                split_full_name(name)
                paused |= _paused(warehouse, name, "tracking/pause_repository", full_name=name)
        for owner in without_repeats(request.organizations):
            with _refusal_noted(outcome, owner):
                paused |= _paused(warehouse, owner, "tracking/pause_owner", owner=owner)
    outcome.paused = sorted(paused)
    return outcome


def _search(request: TrackRequest, warehouse: Warehouse, clients: SharedClients) -> Search:
    """With check_only, an exceeded rate limit is reported instead of waited for."""
    passing = (RateLimited,) if request.check_only else ()
    search = Search(clients, _tracked_rows(warehouse), request.github_conn_id, passing)
    for name in without_repeats(request.repositories):
        search.named(name)
    for owner in without_repeats(request.organizations):
        search.owned_by(owner)
    if not request.repositories and not request.organizations:
        search.tracked_ones()
    return search


def _tracked_rows(warehouse: Warehouse) -> list[Row]:
    """Empty if the tables do not exist yet; a report does not need them."""
    with warehouse.transaction():
        if read_version(warehouse) is None:
            return []
        return warehouse.run("tracking/read_tracked_repositories")


def _is_refused(finding: Finding, check_only: bool) -> bool:
    """With check_only, unknown is a failure too."""
    return finding.verdict == "no" or (check_only and finding.verdict == "unknown")


def _refused(finding: Finding) -> dict[str, str]:
    return {"name": finding.repository, "error": str(finding.error)}


@contextmanager
def _refusal_noted(outcome: TrackResult, name: str) -> Iterator[None]:
    try:
        yield
    except ONE_NAME_ONLY as refusal:
        outcome.refused.append({"name": name, "error": str(refusal)})


def _tracked(warehouse: Warehouse, found: list[Candidate], github_conn_id: str | None) -> list[str]:
    with warehouse.transaction():
        for candidate in found:
            if candidate.identity:
                _track(warehouse, candidate.identity, github_conn_id)
    return sorted(candidate.name for candidate in found)


def _track(warehouse: Warehouse, repository: dict[str, Any], github_conn_id: str | None) -> None:
    identity = {
        "github_repo_id": repository["databaseId"],
        "github_node_id": repository["id"],
        "full_name": repository["nameWithOwner"],
    }
    warehouse.run("tracking/adopt_repository", **identity)
    warehouse.run("sync/free_repository_name", **identity)
    before = warehouse.run(
        "sync/find_repository_by_github_id",
        github_repo_id=identity["github_repo_id"],
        repository_id=NO_REPOSITORY,
    )
    [row] = warehouse.run("tracking/track_repository", **identity, github_conn_id=github_conn_id)
    if before and before[0]["full_name"] != identity["full_name"]:
        follow_rename(warehouse, row["repository_id"], identity["full_name"])


def _paused(warehouse: Warehouse, name: str, statement: str, **parameters: object) -> set[str]:
    rows = warehouse.run(statement, **parameters)
    if not rows:
        raise ConfigurationError(
            f"{name}: no repository of this name is tracked.",
            "See github.tracked_repositories for the names.",
        )
    return {row["full_name"] for row in rows}
