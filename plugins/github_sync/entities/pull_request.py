"""Pull requests: rows of ``pull_requests``, each with the rows of its children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.entities.people import People, user_id
from github_sync.entities.stored_row import StoredRow
from github_sync.entities.values import Node, Row, storable

NULLABLE = {
    "author": "author_id",
    "mergedBy": "merged_by_id",
    "closedAt": "closed_at",
    "mergedAt": "merged_at",
}
"""The column of each field that GitHub may refuse."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class UnreadablePullRequest(Exception):
    """GitHub sent a pull request without something that every pull request has."""


@dataclass(frozen=True)
class FailedPullRequest:
    """A pull request that could not be read or stored: a row of ``sync_failures``."""

    number: int
    github_pr_id: int
    github_node_id: str
    error: str

    @property
    def as_stored_row(self) -> StoredRow:
        """By what it is identified on GitHub, whether it was ever stored or not."""
        ids = self.github_pr_id, self.github_node_id, self.github_pr_id, self.number
        return StoredRow(PULL_REQUESTS, *ids)


@dataclass(frozen=True)
class PullRequestRows:
    """One pull request with all of its children, and the people they name, as rows.

    :param children: the rows of each child, by table; one that GitHub refused is not there
    :param incomplete: the tables of those children of which GitHub refused single items
    :param refused: GitHub's reason for each field that it refused, by the field's name
    """

    pull_request: Row
    children: dict[str, list[Row]]
    people: People = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def refused_columns(self) -> dict[str, set[str]]:
        """The columns whose values GitHub refused, by table."""
        columns = {NULLABLE[name] for name in self.refused if name in NULLABLE}
        found = {PULL_REQUESTS.table: columns}
        for child in CHILDREN:
            prefix = f"{child.connection}."
            found[child.table] = {
                column for name, column in child.nullable.items() if prefix + name in self.refused
            }
        return {table: columns for table, columns in found.items() if columns}

    @property
    def github_pr_id(self) -> int:
        """GitHub's number for it across all repositories."""
        return int(self.pull_request["github_pr_id"])

    def failed(self, error: str) -> FailedPullRequest:
        """The row of ``sync_failures`` for this pull request."""
        row = self.pull_request
        return FailedPullRequest(row["number"], row["github_pr_id"], row["github_node_id"], error)


def refused_of(pull_requests: Iterable[PullRequestRows]) -> dict[str, str]:
    """GitHub's reason for each field that it refused of any of them."""
    return {name: why for one in pull_requests for name, why in one.refused.items()}


def pull_request_rows(node: Node, refused: Mapping[str, str] = NOTHING) -> PullRequestRows:
    """The rows of one pull request.

    :param node: the fragment PullRequestFields, with complete lists of its children in ``nodes``
    :param refused: GitHub's reason for each field that it refused; a child's own name stands for
        items of its list. What was refused is null
    :raises UnreadablePullRequest: a value that cannot be missing is missing
    """
    try:
        github_pr_id = int(node["fullDatabaseId"])
        people: People = {}
        pull_request = _row(node, github_pr_id, people)
        children = {
            child.table: [
                child.row(item, github_pr_id, people)
                for item in node[child.connection]["nodes"]
                if item is not None or child.connection not in refused
            ]
            for child in CHILDREN
            if node[child.connection] is not None or child.connection not in refused
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePullRequest(
            f"GitHub's answer lacks something ({type(error).__name__}: {error})."
        ) from None
    incomplete = frozenset(child.table for child in CHILDREN if child.connection in refused)
    return PullRequestRows(pull_request, children, people, incomplete, dict(refused))


def _row(node: Node, github_pr_id: int, people: People) -> Row:
    return {
        "github_pr_id": github_pr_id,
        "github_node_id": node["id"],
        "number": node["number"],
        "title": storable(node["title"]),
        "body": storable(node["body"]),
        "state": node["state"].lower(),
        "is_draft": node["isDraft"],
        "author_id": user_id(node["author"], people),
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "closed_at": node["closedAt"],
        "merged_at": node["mergedAt"],
        "merged_by_id": user_id(node["mergedBy"], people),
        "base_ref": storable(node["baseRefName"]),
        "head_ref": storable(node["headRefName"]),
        "head_sha": node["headRefOid"],
        "additions": node["additions"],
        "deletions": node["deletions"],
        "changed_files": node["changedFiles"],
        "commits_count": node["commits"]["totalCount"],
        "html_url": storable(node["url"]),
    }
