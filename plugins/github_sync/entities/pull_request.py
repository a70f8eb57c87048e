"""Turns what GitHub's GraphQL API sends into rows of our tables. Pure functions, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from github_sync.redaction import UNSTORABLE

Node = dict[str, Any]
Row = dict[str, Any]


class UnreadablePullRequest(Exception):
    """GitHub sent a pull request without something that every pull request has."""


@dataclass(frozen=True)
class Failure:
    """A pull request that could not be served or stored, as the ledger sync_failures keeps it."""

    number: int
    github_pr_id: int
    github_node_id: str
    error: str


@dataclass(frozen=True)
class PullRequestRows:
    """One pull request with all its reviews, and everybody they name, as rows."""

    pull_request: Row
    reviews: list[Row]
    users: dict[int, Row] = field(default_factory=dict)

    @property
    def github_pr_id(self) -> int:
        """GitHub's number for it across all repositories."""
        return int(self.pull_request["github_pr_id"])

    def failed(self, error: str) -> Failure:
        """The ledger's entry for this pull request."""
        row = self.pull_request
        return Failure(row["number"], row["github_pr_id"], row["github_node_id"], error)


def pull_request_rows(node: Node) -> PullRequestRows:
    """The rows of one pull request.

    :param node: the fragment PullRequestFields, with all reviews in ``reviews.nodes``
    :raises UnreadablePullRequest: something that cannot be missing is missing
    """
    try:
        github_pr_id = int(node["fullDatabaseId"])
        users: dict[int, Row] = {}
        pull_request = _pull_request(node, github_pr_id, users)
        reviews = [_review(review, github_pr_id, users) for review in node["reviews"]["nodes"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePullRequest(
            f"GitHub's answer lacks something ({type(error).__name__}: {error})."
        ) from None
    return PullRequestRows(pull_request, reviews, users)


def parse_time(text: str) -> datetime:
    """GitHub's ``2026-01-31T04:00:00Z`` as an aware datetime in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _pull_request(node: Node, github_pr_id: int, users: dict[int, Row]) -> Row:
    return {
        "github_pr_id": github_pr_id,
        "github_node_id": node["id"],
        "number": node["number"],
        "title": _text(node["title"]),
        "body": _text(node["body"]),
        "state": node["state"].lower(),
        "is_draft": node["isDraft"],
        "author_id": _user_id(node["author"], users),
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "closed_at": node["closedAt"],
        "merged_at": node["mergedAt"],
        "merged_by_id": _user_id(node["mergedBy"], users),
        "base_ref": _text(node["baseRefName"]),
        "head_ref": _text(node["headRefName"]),
        "head_sha": node["headRefOid"],
        "additions": node["additions"],
        "deletions": node["deletions"],
        "changed_files": node["changedFiles"],
        "commits_count": node["commits"]["totalCount"],
        "html_url": _text(node["url"]),
    }


def _review(node: Node, github_pr_id: int, users: dict[int, Row]) -> Row:
    return {
        "github_review_id": int(node["fullDatabaseId"]),
        "github_node_id": node["id"],
        "github_pr_id": github_pr_id,
        "reviewer_id": _user_id(node["author"], users),
        "state": node["state"].lower(),
        "submitted_at": node["submittedAt"],
        "body": _text(node["body"]),
        "commit_sha": node["commit"]["oid"] if node["commit"] else None,
        "html_url": _text(node["url"]),
    }


def _user_id(actor: Node | None, users: dict[int, Row]) -> int | None:
    """The actor's id, noting the actor among the users; None for a deleted account."""
    if actor is None or actor.get("databaseId") is None:
        return None
    github_user_id = int(actor["databaseId"])
    users[github_user_id] = {
        "github_user_id": github_user_id,
        "login": _text(actor["login"]),
        "type": actor["__typename"],
    }
    return github_user_id


def _text(text: str) -> str:
    return UNSTORABLE.sub("\ufffd", text)
