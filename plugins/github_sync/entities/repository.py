"""A repository: how to ask GitHub for it, which one it is, and what GitHub reports about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from github_sync.entities.values import Node, parse_time


@dataclass(frozen=True)
class RepositoryRef:
    """Which repository to ask for: by node id when it is known, else by name."""

    full_name: str
    github_node_id: str | None = None


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
    :param newest_at: when any of its pull requests was last updated (GitHub's clock)
    """

    github_state: str
    has_issues_enabled: bool
    open_prs: int
    closed_prs: int
    merged_prs: int
    newest_at: datetime | None

    @property
    def total(self) -> int:
        """All its pull requests."""
        return self.open_prs + self.closed_prs + self.merged_prs


def repository_identity(node: Node) -> RepositoryIdentity:
    """Which repository the fragment RepositoryFields names."""
    return RepositoryIdentity(node["databaseId"], node["id"], node["nameWithOwner"])


def repository_info(node: Node, asked_at: datetime) -> RepositoryInfo:
    """What the fragment RepositoryFields says about it.

    :param asked_at: stands for the last update where GitHub cannot say when that was
    """
    return RepositoryInfo(
        _state(node),
        node["hasIssuesEnabled"],
        node["open"]["totalCount"],
        node["closed"]["totalCount"],
        node["merged"]["totalCount"],
        _newest_at(node, asked_at),
    )


def _state(node: Node) -> str:
    """The first state that applies; the one that restricts most comes first."""
    flags = {
        "disabled": "isDisabled",
        "locked": "isLocked",
        "archived": "isArchived",
        "empty": "isEmpty",
    }
    return next((state for state, flag in flags.items() if node[flag]), "active")


def _newest_at(node: Node, asked_at: datetime) -> datetime | None:
    nodes = node["newest"]["nodes"]
    if not nodes:
        return None
    return parse_time(nodes[0]["updatedAt"]) if nodes[0] else asked_at
