"""From what GitHub sent to whole pull requests: complete lists of all children, or why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from github_sync.api.client import Answer, GitHubClient
from github_sync.api.documents import document
from github_sync.api.refusals import error_of_graphql
from github_sync.entities import CHILDREN
from github_sync.entities.child import Child
from github_sync.entities.pull_request import (
    FailedPullRequest,
    PullRequestRows,
    UnreadablePullRequest,
    pull_request_rows,
)
from github_sync.entities.values import Node
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
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    """The nodes as rows; what did not fit on the page of a child is fetched too.

    :param nodes: each with the reason why it is not whole, if any; ``id``, ``fullDatabaseId`` and
        ``number`` are always there
    :returns: the whole ones, and those that GitHub could not serve
    """
    read = [_read_one(github, node, error) for node, error in nodes]
    return (
        [one for one in read if isinstance(one, PullRequestRows)],
        [one for one in read if isinstance(one, FailedPullRequest)],
    )


def _read_one(
    github: GitHubClient, node: Node, error: NodeError | None
) -> PullRequestRows | FailedPullRequest:
    if error is not None:
        return _failure(node, error.message)
    try:
        complete = {child.connection: _complete(github, node, child) for child in CHILDREN}
        return pull_request_rows(node | complete)
    except UnreadablePullRequest as unreadable:
        return _failure(node, str(unreadable))


def _failure(node: Node, reason: str) -> FailedPullRequest:
    return FailedPullRequest(node["number"], int(node["fullDatabaseId"]), node["id"], reason)


def _complete(github: GitHubClient, node: Node, child: Child) -> Node:
    """The child's connection with the items of all its pages.

    :raises UnreadablePullRequest: GitHub did not serve it
    """
    first = node.get(child.connection)
    if not first or first.get("nodes") is None:
        raise UnreadablePullRequest(f"GitHub's answer lacks its {child.name}.")
    items, page = list(first["nodes"]), first
    while (page.get("pageInfo") or {}).get("hasNextPage"):
        page = _next_page(github, node["id"], child, page["pageInfo"]["endCursor"])
        items += page["nodes"]
    return {"nodes": items}


def _next_page(github: GitHubClient, pull_request_id: str, child: Child, after: str) -> Node:
    variables = {"pullRequestId": pull_request_id, "after": after}
    try:
        answer = github.query(document(f"{child.name}/more"), variables)
    except (GitHubUnavailable, RepositoryNotFound) as refusal:
        # Only this pull request fails: if GitHub is down altogether, the next page fails too.
        raise UnreadablePullRequest(
            f"Its {child.name} beyond the first page could not be read. {refusal}"
        ) from None
    page = (answer.data.get("node") or {}).get(child.connection)
    if answer.errors or not page:
        reasons = "; ".join(str(error.get("message")) for error in answer.errors)
        raise UnreadablePullRequest(
            f"GitHub could not serve its {child.name} beyond the first page "
            f"({redact(reasons) or 'no reason given'})."
        )
    return dict(page)
