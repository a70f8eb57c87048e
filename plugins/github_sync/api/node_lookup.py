"""Asks by id for pull requests that failed before: they are whole now, still failing, or gone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from github_sync.api.client import GitHubClient
from github_sync.api.completion import read_whole
from github_sync.api.documents import document
from github_sync.api.existence import check_repository_is_shown, rows_that_exist
from github_sync.api.node_errors import NodeError, errors_by_node, failure_among
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.values import Node


@dataclass(frozen=True)
class Refetched:
    """The answer for pull requests that failed before.

    :param asked: those that were asked for: of too many, only the first
    :param is_too_much: GitHub could not serve even one
    """

    asked: list[FailedPullRequest]
    pull_requests: list[PullRequestRows]
    failures: list[FailedPullRequest]
    gone: list[FailedPullRequest]
    is_too_much: bool = False


def refetch(github: GitHubClient, repository_id: str, failed: list[FailedPullRequest]) -> Refetched:
    """Ask for pull requests that failed before.

    One whose node id GitHub no longer knows is looked up by its number: it is gone, or it is asked
    for again by the node id that it has now.

    :param repository_id: the repository's node id; nothing is gone unless GitHub still shows it
    :param failed: at most 100; of more than GitHub can serve at once only the first are asked for
    :raises SyncError: as ``GitHubClient.query``
    """
    first = _refetch(github, repository_id, failed)
    if not first.gone:
        return first
    exist = rows_that_exist(github, repository_id, [one.as_stored_row for one in first.gone])
    gone = {row.number for row in exist.gone}
    ids = {row.number: row.github_node_id for row in exist.present}
    again = [
        replace(one, github_node_id=ids[one.number])
        for one in first.gone
        if ids.get(one.number, one.github_node_id) != one.github_node_id
    ]
    second = _refetch(github, repository_id, again) if again else Refetched([], [], [], [])
    settled = gone | {one.number for one in again}
    return Refetched(
        first.asked,
        first.pull_requests + second.pull_requests,
        first.failures
        + second.failures
        + second.gone  # found by its number a moment ago
        + [one for one in first.gone if one.number not in settled],
        [one for one in first.gone if one.number in gone],
    )


def _refetch(
    github: GitHubClient, repository_id: str, failed: list[FailedPullRequest]
) -> Refetched:
    ids = [failure.github_node_id for failure in failed]
    answer = github.query(
        document("lookups/pull_requests_by_id"),
        {"repositoryId": repository_id, "ids": ids},
        sized_by="ids",
        check=lambda answer: check_repository_is_shown(github, answer),
    )
    asked = failed[: len(answer.variables["ids"])]
    errors = errors_by_node(answer, github.about, "nodes")
    return _sorted(github, asked, answer.data["nodes"], errors)


def _sorted(
    github: GitHubClient,
    asked: list[FailedPullRequest],
    nodes: list[Node | None],
    errors: dict[int, list[NodeError]],
) -> Refetched:
    present, gone, failures = [], [], []
    for index, (failure, node) in enumerate(zip(asked, nodes, strict=True)):
        error = failure_among(errors.get(index, []), is_retry=True)
        if error and error.is_gone:
            gone.append(failure)
        elif error or not node or node.get("fullDatabaseId") is None:
            failures.append(replace(failure, error=error.message if error else failure.error))
        elif not failure.as_stored_row.is_shown_by(node):
            gone.append(failure)  # its node id has become another one's
        else:
            present.append((node, errors.get(index, [])))
    whole, broken = read_whole(github, present, is_retry=True)
    return Refetched(asked, whole, failures + broken, gone)
