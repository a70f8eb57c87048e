"""A repository: how to ask GitHub for it, which one it is, and what GitHub reports about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from github_sync.entities.values import Node, count, parse_time


@dataclass(frozen=True)
class RepositoryRef:
    """Which repository to ask for: by node id when it is known, else by name.

    :param github_repo_id: GitHub's database id, which stays when the format of node ids changes
    """

    full_name: str
    github_node_id: str | None = None
    github_repo_id: int | None = None


@dataclass(frozen=True)
class RepositoryIdentity:
    """Which repository GitHub answered about."""

    github_repo_id: int
    github_node_id: str
    full_name: str


@dataclass(frozen=True)
class RepositoryInfo:
    """What state it is in, and how many pull requests it has.

    :param github_state: a value of ``tracked_repositories.github_state``
    :param counts: its open, closed and merged pull requests; None if GitHub did not count them
    :param newest_at: when any of its pull requests was last updated (GitHub's clock)
    """

    github_state: str
    has_issues_enabled: bool | None
    counts: PullRequestCounts | None
    newest_at: datetime | None


@dataclass(frozen=True)
class PullRequestCounts:
    """How many pull requests a repository has in each state."""

    open_prs: int
    closed_prs: int
    merged_prs: int


COUNTS = {"open_prs": "open", "closed_prs": "closed", "merged_prs": "merged"}
"""Where the fragment RepositoryCounts has each."""


def has_identity(node: Node) -> bool:
    """Whether the fragment RepositoryIdentity is complete."""
    return all(node.get(name) for name in ("id", "databaseId", "nameWithOwner"))


def repository_identity(node: Node) -> RepositoryIdentity:
    """Which repository the fragment RepositoryIdentity names, if :func:`has_identity`."""
    return RepositoryIdentity(node["databaseId"], node["id"], node["nameWithOwner"])


def repository_info(node: Node, asked_at: datetime) -> RepositoryInfo:
    """What the fragments RepositoryFields and RepositoryCounts say about it, as far as they do.

    :param asked_at: stands for the last update where GitHub cannot say when that was
    """
    return RepositoryInfo(
        _state(node),
        node.get("hasIssuesEnabled"),
        _counts(node),
        _newest_at(node, asked_at),
    )


def _counts(node: Node) -> PullRequestCounts | None:
    counts: dict[str, Any] = {
        column: count((node.get(name) or {}).get("totalCount")) for column, name in COUNTS.items()
    }
    return None if None in counts.values() else PullRequestCounts(**counts)


def _state(node: Node) -> str:
    """The first state that applies; the one that restricts most comes first."""
    flags = {
        "disabled": "isDisabled",
        "locked": "isLocked",
        "archived": "isArchived",
        "empty": "isEmpty",
    }
    return next((state for state, flag in flags.items() if node.get(flag)), "active")


def _newest_at(node: Node, asked_at: datetime) -> datetime | None:
    nodes = (node.get("newest") or {}).get("nodes")
    if nodes is None:
        return asked_at
    if not nodes:
        return None
    try:
        return parse_time(nodes[0]["updatedAt"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return asked_at
