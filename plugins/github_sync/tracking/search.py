"""The repositories that an operator asks for, found on GitHub by name or by owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.api.list_end import ListEnd
from github_sync.api.transport.refusals import error_of_graphql
from github_sync.entities.names import OWNER, split_full_name
from github_sync.entities.repository import has_identity
from github_sync.entities.values import Node, Row
from github_sync.errors import (
    AccessDenied,
    BadCredentials,
    ConfigurationError,
    GitHubUnavailable,
    RepositoryBlocked,
    RepositoryNotFound,
    SyncError,
)
from github_sync.tracking.clients import SharedClients

ONE_NAME_ONLY = (
    AccessDenied,
    BadCredentials,
    ConfigurationError,
    RepositoryBlocked,
    RepositoryNotFound,
)
"""Errors that concern one name only: the other names are applied."""

DEFAULT_CONNECTION = "github_default"


@dataclass(frozen=True)
class Candidate:
    """One repository that was asked for, or a name without a repository.

    :param name: as GitHub writes it; if GitHub shows nothing, as the operator wrote it
    :param identity: its ids and name, from GitHub's answer; None if it was refused
    :param refusal: why nothing was found
    :param is_stored: its ids are those of the tables, not of GitHub's answer: they may be old
    """

    name: str
    github_conn_id: str
    identity: dict[str, Any] | None = None
    refusal: SyncError | None = None
    is_stored: bool = False


@dataclass
class Search:
    """Finds candidates, each with the connection that reads it.

    :param tracked: the rows of ``read_tracked_repositories``
    :param github_conn_id: the connection for all; None for the one that a tracked repository has,
        and github_default for a new one
    :param passing: temporary errors to record as refusals too
    """

    clients: SharedClients
    tracked: list[Row]
    github_conn_id: str | None = None
    passing: tuple[type[SyncError], ...] = ()
    connections: set[str] = field(default_factory=set)
    left_out: list[dict[str, str]] = field(default_factory=list)
    refused: list[Candidate] = field(default_factory=list)
    _found: dict[int, Candidate] = field(default_factory=dict)

    @property
    def candidates(self) -> list[Candidate]:
        """All that were found or refused."""
        return [*self._found.values(), *self.refused]

    def named(self, full_name: str) -> None:
        """Find one by its name."""
        conn_id = self.github_conn_id or self._connection_of_name(full_name)
        with self._noted(full_name, conn_id):
            repository = _named(self.clients.of(conn_id), full_name)
            self._found[repository["databaseId"]] = self._candidate(repository, conn_id)

    def owned_by(self, login: str) -> None:
        """Find an owner's, except archived ones and forks that were not named."""
        conn_id = self.github_conn_id or DEFAULT_CONNECTION
        with self._noted(login, conn_id):
            for repository in _owned(self.clients.of(conn_id), login):
                if isinstance(repository, SyncError):
                    name = f"{login}/? (one of its repositories)"
                    self.refused.append(Candidate(name, conn_id, refusal=repository))
                else:
                    self._take(repository, conn_id)

    def tracked_ones(self) -> None:
        """Take the active ones of the connection, without asking GitHub where their id is known."""
        conn_id = self.github_conn_id or DEFAULT_CONNECTION
        self.connections.add(conn_id)
        for row in self.tracked:
            if row["is_active"] and row["github_conn_id"] == conn_id:
                self._take_tracked(row)

    def _take_tracked(self, row: Row) -> None:
        if row["github_node_id"] is None:
            self.named(row["full_name"])
            return
        identity = {
            "id": row["github_node_id"],
            "databaseId": row["github_repo_id"],
            "nameWithOwner": row["full_name"],
        }
        candidate = self._candidate(identity, row["github_conn_id"])
        self._found[row["github_repo_id"]] = replace(candidate, is_stored=True)

    @contextmanager
    def _noted(self, name: str, conn_id: str) -> Iterator[None]:
        self.connections.add(conn_id)
        try:
            yield
        except SyncError as refusal:
            if not isinstance(refusal, ONE_NAME_ONLY + self.passing):
                raise
            self.refused.append(Candidate(name, conn_id, refusal=refusal))

    def _take(self, repository: dict[str, Any], conn_id: str) -> None:
        reasons = {"archived": "isArchived", "fork": "isFork"}
        reason = next((why for why, flag in reasons.items() if repository.get(flag)), None)
        if repository["databaseId"] in self._found:
            return
        if reason is None:
            self._found[repository["databaseId"]] = self._candidate(repository, conn_id)
        else:
            self.left_out.append({"repository": repository["nameWithOwner"], "reason": reason})

    def _candidate(self, repository: dict[str, Any], conn_id: str) -> Candidate:
        """With the connection that reads it; a tracked one keeps its own."""
        kept = self._connections_by_id.get(repository["databaseId"], conn_id)
        return Candidate(repository["nameWithOwner"], self.github_conn_id or kept, repository)

    @cached_property
    def _connections_by_id(self) -> dict[int, str]:
        return {row["github_repo_id"]: str(row["github_conn_id"]) for row in self.tracked}

    def _connection_of_name(self, full_name: str) -> str:
        same = (row for row in self.tracked if row["full_name"].lower() == full_name.lower())
        row = next(same, None)
        return str(row["github_conn_id"]) if row else DEFAULT_CONNECTION


def _named(github: GitHubClient, full_name: str) -> dict[str, Any]:
    owner, name = split_full_name(full_name)
    github = github.named(full_name)
    answer = github.query(document("lookups/named_repository"), {"owner": owner, "name": name})
    return _identified(github, answer, answer.data.get("repository"))


def _identified(github: GitHubClient, answer: Answer, repository: Node | None) -> Node:
    """The repository; of what else is asked for, GitHub may not serve everything.

    :raises SyncError: GitHub did not serve its identity
    """
    if repository and has_identity(repository):
        return repository
    raise _without_identity(github, answer.errors, answer)


def _without_identity(
    github: GitHubClient, errors: list[dict[str, Any]], answer: Answer
) -> SyncError:
    if errors:
        return error_of_graphql(errors, answer.headers, github.about)
    return GitHubUnavailable(f"{github.about}: GitHub sent a repository without its identity.")


def _owned(github: GitHubClient, login: str) -> Iterator[Node | SyncError]:
    """The repositories of an owner; of one that GitHub does not serve, the error."""
    if not OWNER.fullmatch(login):
        raise ConfigurationError(
            f"{login!r} is not an organization's name.", 'Write its login, for example "apache".'
        )
    github, after = github.named(login), None
    end = ListEnd(github.about, "repositories", remembers_rows=True)
    while True:
        answer = github.query(
            document("lookups/owned_repositories"), {"login": login, "after": after}
        )
        owner = answer.data.get("repositoryOwner")
        if owner is None and not answer.errors:
            raise RepositoryNotFound(f"{login}: GitHub has no such organization or user.")
        page = (owner or {}).get("repositories") or {}
        nodes = page.get("nodes")
        if nodes is None:
            raise _without_identity(github, answer.errors, answer)
        for index, repository in enumerate(nodes):
            is_served = repository and has_identity(repository)
            yield (
                repository
                if is_served
                else _without_identity(
                    github,
                    [one for one in answer.errors if index in (one.get("path") or [])],
                    answer,
                )
            )
        after = end.next_cursor(page)
        if after is None:
            return
