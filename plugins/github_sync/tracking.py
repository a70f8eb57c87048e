"""Adds, resumes and pauses tracked repositories, by name or by owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from github_sync.client import GitHubClient
from github_sync.errors import (
    AccessDenied,
    BadCredentials,
    ConfigurationError,
    RepositoryBlocked,
    RepositoryNotFound,
)
from github_sync.include_files import read_graphql
from github_sync.names import OWNER, split_full_name, without_repeats
from github_sync.warehouse import Warehouse

REFUSALS = (
    AccessDenied,
    BadCredentials,
    ConfigurationError,
    RepositoryBlocked,
    RepositoryNotFound,
)
"""What concerns one name only; the others are applied all the same."""


DEFAULT_CONNECTION = "github_default"


@dataclass(frozen=True)
class Wish:
    """What an operator asked for.

    :param repositories: full names
    :param organizations: logins of organizations or users, for all of their repositories
    :param is_active: track them, or pause them
    :param github_conn_id: the Airflow connection to read them with; None for the one a tracked
        repository has already, and github_default for a new one
    """

    repositories: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    is_active: bool = True
    github_conn_id: str | None = None


@dataclass
class Outcome:
    """What became of each name."""

    tracked: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)


def track_repositories(
    wish: Wish, warehouse: Warehouse, open_github: Callable[[str], GitHubClient]
) -> Outcome:
    """Check every name against GitHub, then track those that it knows, all in one transaction.

    :param open_github: opens GitHub with the Airflow connection of this id
    :raises SyncError: GitHub or Postgres could not be asked; nothing is changed then
    """
    outcome = Outcome()
    found: dict[int, dict[str, Any]] = {}
    for name in without_repeats(wish.repositories):
        conn_id = wish.github_conn_id or _its_connection(warehouse, name)
        with _refusal_noted(outcome, name), closing(open_github(conn_id)) as github:
            repository = _named(github, name)
            found[repository["databaseId"]] = repository
    for owner in without_repeats(wish.organizations):
        conn_id = wish.github_conn_id or DEFAULT_CONNECTION
        with _refusal_noted(outcome, owner), closing(open_github(conn_id)) as github:
            for repository in _owned(github, owner):
                _take(repository, found, outcome)
    with warehouse.transaction():
        for repository in found.values():
            _track(warehouse, repository, wish.github_conn_id)
    outcome.tracked = sorted(repository["nameWithOwner"] for repository in found.values())
    return outcome


def pause_repositories(wish: Wish, warehouse: Warehouse) -> Outcome:
    """Pause repositories by name or by owner, without asking GitHub."""
    outcome = Outcome()
    paused: set[str] = set()
    with warehouse.transaction():
        for name in without_repeats(wish.repositories):
            with _refusal_noted(outcome, name):
                split_full_name(name)
                paused |= _paused(warehouse, name, "pause_repository", full_name=name)
        for owner in without_repeats(wish.organizations):
            with _refusal_noted(outcome, owner):
                paused |= _paused(warehouse, owner, "pause_owner", owner=owner)
    outcome.paused = sorted(paused)
    return outcome


@contextmanager
def _refusal_noted(outcome: Outcome, name: str) -> Iterator[None]:
    try:
        yield
    except REFUSALS as refusal:
        outcome.refused.append({"name": name, "error": str(refusal)})


def _named(github: GitHubClient, full_name: str) -> dict[str, Any]:
    owner, name = split_full_name(full_name)
    github.subject = full_name
    answer = github.query_whole(read_graphql("named_repository"), {"owner": owner, "name": name})
    return dict(answer.data["repository"])


def _owned(github: GitHubClient, login: str) -> Iterator[dict[str, Any]]:
    if not OWNER.fullmatch(login):
        raise ConfigurationError(
            f"{login!r} is not an organization's name.", 'Write its login, for example "apache".'
        )
    github.subject, after = login, None
    while True:
        answer = github.query_whole(
            read_graphql("owned_repositories"), {"login": login, "after": after}
        )
        owner = answer.data["repositoryOwner"]
        if owner is None:
            raise RepositoryNotFound(f"{login}: GitHub has no such organization or user.")
        yield from owner["repositories"]["nodes"]
        page = owner["repositories"]["pageInfo"]
        if not page["hasNextPage"]:
            return
        after = page["endCursor"]


def _take(repository: dict[str, Any], found: dict[int, dict[str, Any]], outcome: Outcome) -> None:
    """Take an organization's repository, unless it is archived or a fork and was not named."""
    reason = "archived" if repository["isArchived"] else "fork" if repository["isFork"] else None
    if reason is None:
        found[repository["databaseId"]] = repository
    elif repository["databaseId"] not in found:
        outcome.left_out.append({"repository": repository["nameWithOwner"], "reason": reason})


def _its_connection(warehouse: Warehouse, full_name: str) -> str:
    with warehouse.transaction():
        rows = warehouse.run("find_connection", full_name=full_name)
    return str(rows[0]["github_conn_id"]) if rows else DEFAULT_CONNECTION


def _track(warehouse: Warehouse, repository: dict[str, Any], github_conn_id: str | None) -> None:
    identity = {
        "github_repo_id": repository["databaseId"],
        "github_node_id": repository["id"],
        "full_name": repository["nameWithOwner"],
    }
    warehouse.run("adopt_repository", **identity)
    warehouse.run("free_repository_name", **identity)
    warehouse.run("track_repository", **identity, github_conn_id=github_conn_id)


def _paused(warehouse: Warehouse, name: str, statement: str, **parameters: object) -> set[str]:
    rows = warehouse.run(statement, **parameters)
    if not rows:
        raise ConfigurationError(
            f"{name}: nothing by this name is tracked.",
            "See github.tracked_repositories for the names.",
        )
    return {row["full_name"] for row in rows}
