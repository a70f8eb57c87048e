"""From what GitHub sent to whole pull requests: complete lists of all children, or why not."""

from __future__ import annotations

from collections.abc import Iterable

from github_sync.api.client import GitHubClient
from github_sync.api.documents import document
from github_sync.api.list_end import ListEnd
from github_sync.api.node_errors import (
    NodeError,
    errors_below,
    failure_among,
    refused_parts,
)
from github_sync.entities import CHILDREN
from github_sync.entities.child import Child
from github_sync.entities.pull_request import (
    FailedPullRequest,
    PullRequestRows,
    UnreadablePullRequest,
    pull_request_rows,
)
from github_sync.entities.values import Node
from github_sync.errors import AccessDenied, GitHubUnavailable, ListWithoutEnd, RepositoryNotFound

NO_MORE: Node = {"nodes": [], "pageInfo": {"hasNextPage": False}}
"""The next page of a list that GitHub refuses to go on with."""


def read_whole(
    github: GitHubClient,
    nodes: Iterable[tuple[Node, list[NodeError]]],
    *,
    is_retry: bool = False,
) -> tuple[list[PullRequestRows], list[FailedPullRequest]]:
    """The nodes as rows; what did not fit on the page of a child is fetched too.

    :param nodes: each with the errors about it and its parts; ``id``, ``fullDatabaseId`` and
        ``number`` are always there
    :param is_retry: they failed before: an error about a part of one has not passed
    :returns: those that can be stored, and those that GitHub could not serve
    """
    read = [_read_one(github, node, errors, is_retry) for node, errors in nodes]
    return (
        [one for one in read if isinstance(one, PullRequestRows)],
        [one for one in read if isinstance(one, FailedPullRequest)],
    )


def _read_one(
    github: GitHubClient, node: Node, errors: list[NodeError], is_retry: bool
) -> PullRequestRows | FailedPullRequest:
    if failure := failure_among(errors, is_retry=is_retry):
        return _failure(node, failure.message)
    refused = refused_parts(errors)
    try:
        complete = {child.connection: _complete(github, node, child, refused) for child in CHILDREN}
        return pull_request_rows(node | complete, refused)
    except UnreadablePullRequest as unreadable:
        reasons = [f"GitHub refused {name} ({why})." for name, why in refused.items()]
        return _failure(node, " ".join([str(unreadable), *reasons]))


def _failure(node: Node, reason: str) -> FailedPullRequest:
    return FailedPullRequest(node["number"], int(node["fullDatabaseId"]), node["id"], reason)


def _complete(
    github: GitHubClient, node: Node, child: Child, refused: dict[str, str]
) -> Node | None:
    """The child's connection with the items of all its pages; None if GitHub refused it.

    :param refused: what GitHub refused so far; what it refuses beyond the first page is added
    :raises UnreadablePullRequest: GitHub did not serve it
    """
    page = node.get(child.connection)
    if page is None and child.connection in refused:
        return None
    if not page or page.get("nodes") is None:
        raise UnreadablePullRequest(f"GitHub's answer lacks its {child.name}.")
    end = ListEnd(f"#{node['number']}", child.name, remembers_rows=True)
    try:
        items = end.read_all(
            page, lambda after: _next_page(github, node["id"], child, after, refused)
        )
    except ListWithoutEnd as error:
        raise UnreadablePullRequest(error.message) from None
    return {"nodes": items}


def _next_page(
    github: GitHubClient,
    pull_request_id: str,
    child: Child,
    after: str,
    refused: dict[str, str],
) -> Node:
    variables = {"pullRequestId": pull_request_id, "after": after}
    try:
        answer = github.query(document(f"{child.name}/more"), variables)
        errors = errors_below(answer, github.about, "node")
    except (GitHubUnavailable, RepositoryNotFound, AccessDenied) as refusal:
        # Only this pull request fails: if GitHub is down altogether, the next page fails too.
        raise _unreadable(child, str(refusal)) from None
    if failure := failure_among(errors):
        raise _unreadable(child, failure.message)
    refused |= refused_parts(errors)
    page = (answer.data.get("node") or {}).get(child.connection) or {}
    if page.get("nodes") is not None:
        return dict(page)
    if child.connection not in refused:
        raise _unreadable(child, "GitHub gave no reason.")
    return NO_MORE


def _unreadable(child: Child, reason: str) -> UnreadablePullRequest:
    return UnreadablePullRequest(
        f"Its {child.name} beyond the first page could not be read. {reason}"
    )
