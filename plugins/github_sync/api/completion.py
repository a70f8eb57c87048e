"""From what GitHub sent to whole pull requests: all their reviews, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.api.refusals import error_of_graphql
from github_sync.entities.pull_request import (
    Failure,
    Node,
    PullRequestRows,
    UnreadablePullRequest,
    pull_request_rows,
)
from github_sync.errors import GitHubUnavailable, RepositoryNotFound
from github_sync.redaction import redact


@dataclass(frozen=True)
class NodeError:
    """Why GitHub could not serve one node of a list."""

    kind: str
    message: str

    @property
    def is_gone(self) -> bool:
        """Whether GitHub answered that it has no such node."""
        return self.kind == "NOT_FOUND"


def errors_by_node(answer: Answer, subject: str, *path: str) -> dict[int, NodeError]:
    """The errors beside the data, by the index of the node under ``path`` that each concerns.

    :raises SyncError: an error concerns anything else
    """
    by_node: dict[int, NodeError] = {}
    for error in answer.errors:
        where = error.get("path") or []
        below = where[len(path) : len(path) + 1]
        if tuple(where[: len(path)]) != path or not below or not isinstance(below[0], int):
            raise error_of_graphql([error], answer.headers, subject)
        message = redact(str(error.get("message") or "GitHub gave no reason"))
        by_node.setdefault(below[0], NodeError(str(error.get("type") or ""), message))
    return by_node


def read_whole(
    github: GitHubClient, nodes: Iterable[tuple[Node, NodeError | None]]
) -> tuple[list[PullRequestRows], list[Failure]]:
    """The nodes as rows, with the reviews that did not fit on the page fetched too.

    :param nodes: each with the reason why it is not whole, if any; ``id``, ``fullDatabaseId`` and
        ``number`` are there even so
    :returns: the whole ones, and those that GitHub could not serve
    """
    read = [_read_one(github, node, error) for node, error in nodes]
    return (
        [one for one in read if isinstance(one, PullRequestRows)],
        [one for one in read if isinstance(one, Failure)],
    )


def _read_one(
    github: GitHubClient, node: Node, error: NodeError | None
) -> PullRequestRows | Failure:
    if error is not None:
        return _failure(node, error.message)
    try:
        return pull_request_rows(_with_all_reviews(github, node))
    except UnreadablePullRequest as unreadable:
        return _failure(node, str(unreadable))


def _failure(node: Node, reason: str) -> Failure:
    return Failure(node["number"], int(node["fullDatabaseId"]), node["id"], reason)


def _with_all_reviews(github: GitHubClient, node: Node) -> Node:
    reviews = node.get("reviews")
    if not reviews or reviews.get("nodes") is None:
        raise UnreadablePullRequest("GitHub's answer lacks its reviews.")
    nodes, page = list(reviews["nodes"]), reviews
    while (page.get("pageInfo") or {}).get("hasNextPage"):
        page = _more_reviews(github, node["id"], page["pageInfo"]["endCursor"])
        nodes += page["nodes"]
    return node | {"reviews": reviews | {"nodes": nodes}}


def _more_reviews(github: GitHubClient, pull_request_id: str, after: str) -> dict[str, Any]:
    text = document("reviews/more")
    try:
        answer = github.query(text, {"pullRequestId": pull_request_id, "after": after})
    except (GitHubUnavailable, RepositoryNotFound) as refusal:
        # Of this pull request only: should GitHub be away altogether, the next page will tell.
        raise UnreadablePullRequest(f"Its further reviews cannot be read. {refusal}") from None
    node = answer.data.get("node") or {}
    if answer.errors or not node.get("reviews"):
        reasons = "; ".join(str(error.get("message")) for error in answer.errors)
        raise UnreadablePullRequest(
            f"GitHub could not serve its further reviews ({redact(reasons) or 'no reason given'})."
        )
    return dict(node["reviews"])
