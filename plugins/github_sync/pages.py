"""Reads a repository's changed pull requests from GitHub, page by page, the last updated first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from github_sync.client import Answer, GitHubClient
from github_sync.errors import GitHubUnavailable
from github_sync.include_files import read_graphql
from github_sync.pull_requests import NodeError, errors_by_node, read_whole
from github_sync.rows import Failure, Node, PullRequestRows, parse_time

PAGE_SIZE = 100
"""Pull requests a page: as many as GitHub allows."""

NOTHING_SENT = NodeError("", "GitHub sent nothing for it and gave no reason.")


@dataclass(frozen=True)
class RepositoryOnGitHub:
    """Which repository GitHub says it is."""

    github_repo_id: int
    github_node_id: str
    full_name: str


@dataclass(frozen=True)
class Target:
    """Which repository to ask for: by node id when known, else by name."""

    full_name: str
    github_node_id: str | None = None

    def variables(self) -> dict[str, Any]:
        """The query's variables that choose the repository."""
        owner, _, name = self.full_name.partition("/")
        return {
            "byId": self.github_node_id is not None,
            "nodeId": self.github_node_id or "",
            "owner": owner,
            "name": name,
        }


@dataclass(frozen=True)
class Page:
    """One page of pull requests within the window, each with all of its reviews.

    :param failures: those that GitHub could not serve
    :param cursor: where the next page begins
    :param is_last: nothing older lies within the window
    :param asked_at: when it was asked for (GitHub's clock)
    :param newest_at: when any of the repository's pull requests was last updated (GitHub's clock)
    :param total: pull requests that the repository has
    """

    repository: RepositoryOnGitHub
    pull_requests: list[PullRequestRows]
    failures: list[Failure]
    cursor: str | None
    is_last: bool
    asked_at: datetime
    newest_at: datetime | None
    total: int


def changed_pull_requests(
    github: GitHubClient, target: Target, since: datetime | None, cursor: str | None
) -> Iterator[Page]:
    """The pages of pull requests updated at or after ``since``, the last updated first.

    A pull request that changes meanwhile moves to the front, so none behind the cursor is missed.

    :param since: aware; None for the whole history
    :param cursor: where an interrupted reading goes on; None for the start
    :raises SyncError: as ``GitHubClient.query``; InvalidCursor when GitHub refuses the cursor
    """
    size = PAGE_SIZE
    while True:
        page, size = _read_page(github, target, since, cursor, size)
        yield page
        if page.is_last:
            return
        cursor = page.cursor


def _read_page(
    github: GitHubClient, target: Target, since: datetime | None, cursor: str | None, size: int
) -> tuple[Page, int]:
    """One page, and the size for the next: what is too heavy for GitHub is asked for in halves."""
    document = read_graphql("changed_pull_requests", "pull_request_fields", "review_fields")
    variables = target.variables() | {"pageSize": size, "after": cursor}
    root = "node" if variables["byId"] else "repository"

    def check(answer: Answer) -> None:
        repository = answer.data.get(root) or {}
        if not repository.get("pullRequests") or not repository.get("newest"):
            raise GitHubUnavailable(f"{github.about}: GitHub did not list the pull requests.")

    answer = github.query(document, variables, sized_by="pageSize", check=check)
    managed = int(variables["pageSize"])
    page = _page(github, answer, root, variables, since)
    return page, managed if managed < size else min(PAGE_SIZE, size * 2)


def _page(
    github: GitHubClient,
    answer: Answer,
    root: str,
    variables: dict[str, Any],
    since: datetime | None,
) -> Page:
    repository, listed = answer.data[root], answer.data[root]["pullRequests"]
    # When the newest changed is good to know only.
    told = [error for error in answer.errors if (error.get("path") or [])[1:2] != ["newest"]]
    errors = errors_by_node(
        replace(answer, errors=told), github.about, root, "pullRequests", "nodes"
    )
    nodes = _identified(github, repository, variables, errors)
    within = [(node, errors.get(i)) for i, node in enumerate(nodes) if _is_within(node, since)]
    pull_requests, failures = read_whole(github, within)
    return Page(
        RepositoryOnGitHub(repository["databaseId"], repository["id"], repository["nameWithOwner"]),
        pull_requests,
        failures,
        cursor=listed["pageInfo"]["endCursor"],
        is_last=len(within) < len(nodes) or not listed["pageInfo"]["hasNextPage"],
        asked_at=answer.asked_at,
        newest_at=_newest(repository, answer.asked_at),
        total=listed["totalCount"],
    )


def _is_within(node: Node, since: datetime | None) -> bool:
    return since is None or parse_time(node["updatedAt"]) >= since


def _newest(repository: dict[str, Any], asked_at: datetime) -> datetime | None:
    """When the repository last changed; if GitHub cannot say, it may be just now."""
    nodes = repository["newest"]["nodes"]
    if not nodes:
        return None
    return parse_time(nodes[0]["updatedAt"]) if nodes[0] else asked_at


def _identified(
    github: GitHubClient,
    repository: dict[str, Any],
    variables: dict[str, Any],
    errors: dict[int, NodeError],
) -> list[Node]:
    """The page's nodes; in place of those GitHub could not serve, at least their identity."""
    listed = repository["pullRequests"]
    nodes: list[Node | None] = listed["nodes"]
    missing = [index for index, node in enumerate(nodes) if not _is_identified(node)]
    if not missing:
        return [node for node in nodes if node]
    identities = _identities(github, repository["id"], listed["pageInfo"]["endCursor"], variables)
    for index in missing:
        errors.setdefault(index, NOTHING_SENT)
    return [identities[i] if i in missing else node for i, node in enumerate(nodes)]  # type: ignore[misc]


def _is_identified(node: Node | None) -> bool:
    return bool(node and all(node.get(key) for key in IDENTITY))


IDENTITY = ("id", "fullDatabaseId", "number", "updatedAt")


def _identities(
    github: GitHubClient, repository_id: str, end_cursor: str, variables: dict[str, Any]
) -> list[Node]:
    """Which pull requests are on the page, in its order.

    :raises GitHubUnavailable: the page has changed since, or GitHub cannot say
    """
    answer = github.query(
        read_graphql("identify_pull_requests"),
        {"repositoryId": repository_id} | {name: variables[name] for name in ("pageSize", "after")},
    )
    listed = (answer.data.get("node") or {}).get("pullRequests") or {}
    nodes = listed.get("nodes") or [None]
    unchanged = (listed.get("pageInfo") or {}).get("endCursor") == end_cursor
    if not unchanged or not all(_is_identified(node) for node in nodes):
        raise GitHubUnavailable(
            f"{github.about}: GitHub could not serve a pull request, nor say which one it is."
        )
    return list(nodes)
