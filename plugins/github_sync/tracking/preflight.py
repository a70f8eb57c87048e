"""What a connection's credentials are and can read, before a sync relies on it. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Literal

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.api.node_errors import node_error
from github_sync.api.not_found import find_again
from github_sync.api.transport.refusals import error_of_graphql
from github_sync.entities.repository import RepositoryRef
from github_sync.entities.review import REVIEWS
from github_sync.entities.values import Node
from github_sync.errors import (
    ConfigurationError,
    GitHubUnavailable,
    RepositoryNotFound,
    SyncError,
)
from github_sync.redaction import redact
from github_sync.tracking.advice import advice, hint
from github_sync.tracking.clients import SharedClients
from github_sync.tracking.credentials import UNKNOWN_KIND, Credentials, credentials_of
from github_sync.tracking.search import ONE_NAME_ONLY, Candidate

REPOSITORIES_PER_REQUEST = 100
"""Repositories per request: the most ids that GitHub accepts."""

LISTED = ("nodes", 0, "pullRequests", "nodes", 0)
"""So long is the path of one of the last updated pull requests."""

NO_ANSWER = {"type": "NOT_FOUND", "message": "no answer"}
"""The error that a null without an error of its own means."""

Verdict = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Finding:
    """Whether one repository can be read.

    :param number: how many pull requests it has, if they can be read
    :param error: why something cannot be read, or is not known, and what to do
    :param refused_fields: GitHub's reason for each field that stays NULL, the others are read
    """

    repository: str
    github_conn_id: str
    pull_requests: Verdict
    reviews: Verdict
    number: int | None = None
    error: str | None = None
    github_state: str | None = None
    refused_fields: dict[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """On the whole; without any pull request its reviews need not be known."""
        if "no" in (self.pull_requests, self.reviews):
            return "no"
        return "unknown" if self.error else "yes"


@dataclass(frozen=True)
class Connection:
    """What is known of one connection.

    :param login: the account that it acts as, from GitHub
    :param error: why nothing is known
    """

    github_conn_id: str
    credentials: Credentials
    login: str | None = None
    error: str | None = None


def preflight(
    candidates: list[Candidate], connections: Iterable[str], clients: SharedClients
) -> tuple[list[Connection], list[Finding]]:
    """Ask GitHub about each connection and its repositories: one request for each 100.

    :param connections: those to report on even if they have no candidate
    :returns: what GitHub does not answer is unknown; a refusal is a finding, not raised
    """
    ordered = sorted(candidates, key=lambda one: one.github_conn_id)
    grouped = {conn: list(those) for conn, those in groupby(ordered, lambda x: x.github_conn_id)}
    known, findings = [], []
    for conn_id in sorted({*grouped, *connections}):
        connection, found = _of_connection(conn_id, grouped.get(conn_id, []), clients)
        known.append(connection)
        findings += found
    return known, sorted(findings, key=lambda finding: finding.repository.lower())


def report(connections: list[Connection], findings: list[Finding]) -> dict[str, Any]:
    """The same as plain values: ``{connections, repositories}``, for XCom and the log."""
    return {
        "connections": [_plain(one, findings) for one in connections],
        "repositories": [
            {
                "repository": one.repository,
                "github_conn_id": one.github_conn_id,
                "pull_requests": one.pull_requests,
                "reviews": one.reviews,
                "number": one.number,
                "error": one.error,
                "refused_fields": one.refused_fields,
            }
            for one in findings
        ],
    }


def _plain(connection: Connection, findings: list[Finding]) -> dict[str, Any]:
    credentials = connection.credentials
    walled = {
        finding.repository.partition("/")[0]
        for finding in findings
        if finding.github_conn_id == connection.github_conn_id
        and finding.github_state == "sso_required"
    }
    expires_at = credentials.expires_at
    return {
        "github_conn_id": connection.github_conn_id,
        "kind": credentials.kind,
        "login": connection.login,
        "scopes": credentials.scopes,
        "permissions": credentials.permissions,
        "expires_at": expires_at.isoformat() if expires_at else None,
        "renews": credentials.renews,
        "sso_required_by": sorted(walled),
        "quota": credentials.quota,
        "error": connection.error,
        "to_do": advice(credentials, sorted(walled)),
    }


def _of_connection(
    conn_id: str, candidates: list[Candidate], clients: SharedClients
) -> tuple[Connection, list[Finding]]:
    try:
        github = clients.of(conn_id)
    except ConfigurationError as refusal:
        connection = Connection(conn_id, Credentials(UNKNOWN_KIND), error=str(refusal))
        return connection, [_refused(one, refusal) for one in candidates]
    reading = _Reading(github)
    found = [_refused(one, one.refusal) for one in candidates if one.refusal]
    found += reading.findings([one for one in candidates if one.identity])
    credentials = credentials_of(github)
    connection = Connection(conn_id, credentials, reading.login, reading.error)
    return connection, [_with_hint(one, credentials) for one in found]


class _Reading:
    """Asks one connection about its repositories."""

    def __init__(self, github: GitHubClient) -> None:
        self.github = github
        self.login: str | None = None
        self.error: str | None = None

    def findings(self, candidates: list[Candidate]) -> Iterator[Finding]:
        """One of each, in order; asks once even where there is none."""
        rest = candidates
        while True:
            batch = rest[:REPOSITORIES_PER_REQUEST]
            asked = {"ids": [one.identity["id"] for one in batch if one.identity]}
            try:
                answer = self.github.query(
                    document("lookups/preflight"), asked, sized_by="ids", check=self._check
                )
            except SyncError as refusal:
                self.error = str(refusal)
                yield from (_refused(one, refusal) for one in rest)
                return
            viewer = answer.data.get("viewer") or {}
            self.login = redact(str(viewer["login"])) if viewer.get("login") else None
            batch, rest = rest[: len(answer.variables["ids"])], rest[len(answer.variables["ids"]) :]
            found = [self._finding(one, answer, at) for at, one in enumerate(batch)]
            yield from (one for one in found if one.github_state != "not_found")
            yield from self._found_again(
                [
                    (one, finding)
                    for one, finding in zip(batch, found, strict=True)
                    if finding.github_state == "not_found"
                ]
            )
            if not rest:
                return

    def _check(self, answer: Answer) -> None:
        nodes = answer.data.get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(answer.variables["ids"]):
            raise GitHubUnavailable(f"{self.github.about}: GitHub did not answer what was asked.")

    def _found_again(self, missing: list[tuple[Candidate, Finding]]) -> Iterator[Finding]:
        """GitHub may no longer know the node ids of the tables: then it is asked by new ones."""
        again = []
        for candidate, finding in missing:
            found = self._identity_now(candidate) if candidate.is_stored else None
            if found is None:
                yield finding
            else:
                again.append(replace(candidate, identity=found, is_stored=False))
        if again:
            yield from self.findings(again)

    def _identity_now(self, candidate: Candidate) -> dict[str, Any] | None:
        stored = candidate.identity or {}
        ref = RepositoryRef(candidate.name, stored.get("id"), stored.get("databaseId"))
        github = self.github.named(candidate.name)
        try:
            now = find_again(github, ref, RepositoryNotFound(f"{github.about}: not found."))
        except SyncError:
            return None
        return {
            "id": now.github_node_id,
            "databaseId": now.github_repo_id,
            "nameWithOwner": now.full_name,
        }

    def _finding(self, candidate: Candidate, answer: Answer, at: int) -> Finding:
        node = answer.data["nodes"][at]
        own = [error for error in answer.errors if (error.get("path") or [])[:2] == ["nodes", at]]
        refused, own = _refused_fields(own)
        unplaced = [error for error in answer.errors if not error.get("path")]
        github = self.github.named(candidate.name)
        if _is_another(node, candidate):
            return _refused(candidate, RepositoryNotFound(f"{github.about}: its id is another's."))
        if node is None or not node.get("pullRequests"):
            refusal = _error(github, own or unplaced or [NO_ANSWER], answer)
            return _refused(candidate, refusal)
        seen = _seen(candidate, node, _error(github, own, answer) if own else None)
        return replace(seen, refused_fields=refused)


def _is_another(node: Node | None, candidate: Candidate) -> bool:
    """Whether a stored node id has become the id of another repository."""
    shown, stored = (node or {}).get("databaseId"), (candidate.identity or {}).get("databaseId")
    return shown is not None and stored is not None and shown != stored


def _refused_fields(
    errors: list[dict[str, Any]],
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """What GitHub refused of pull requests that it shows; and the errors about more than that."""
    refused: dict[str, str] = {}
    others = []
    for error in errors:
        one = node_error(error, LISTED)
        if one.is_refused_part and one.field != REVIEWS.connection:
            refused[one.field] = one.message
        elif one.path[:1] != ("totalCount",):
            others.append(error)
    return refused, others


def _error(github: GitHubClient, errors: list[dict[str, Any]], answer: Answer) -> SyncError:
    """Of one repository: what the headers say may concern another one."""
    headers = {"x-github-request-id": answer.headers.get("x-github-request-id")}
    return error_of_graphql(errors, headers, github.about)


def _seen(candidate: Candidate, node: Node, refusal: SyncError | None) -> Finding:
    """Its pull requests can be read; the reviews of the first one, if there is one, may not."""
    pull_requests = node["pullRequests"]
    first = next(iter(pull_requests.get("nodes") or ()), None)
    lacks: Verdict = "no" if isinstance(refusal, ONE_NAME_ONLY) else "unknown"
    return Finding(
        candidate.name,
        candidate.github_conn_id,
        pull_requests="yes",
        reviews="yes" if first and first.get("reviews") else lacks,
        number=pull_requests.get("totalCount"),
        error=str(refusal) if refusal else None,
        github_state=refusal.github_state if refusal else None,
    )


def _refused(candidate: Candidate, refusal: SyncError) -> Finding:
    verdict: Verdict = "no" if isinstance(refusal, ONE_NAME_ONLY) else "unknown"
    return Finding(
        candidate.name,
        candidate.github_conn_id,
        pull_requests=verdict,
        reviews=verdict,
        error=_about(candidate.name, str(refusal)),
        github_state=refusal.github_state,
    )


def _about(name: str, error: str) -> str:
    """An error about many repositories, with this one's name."""
    return error if name in error else f"{name}: {error}"


def _with_hint(finding: Finding, credentials: Credentials) -> Finding:
    more = hint(finding.github_state, credentials) if finding.verdict == "no" else ""
    return replace(finding, error=f"{finding.error} {more}") if more else finding
