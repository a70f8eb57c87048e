"""Asks GitHub by id: for pull requests that failed before, and whether something still exists."""

from __future__ import annotations

from dataclasses import dataclass

from github_sync.client import GitHubClient
from github_sync.include_files import read_graphql
from github_sync.pull_requests import NodeError, errors_by_node, read_whole
from github_sync.rows import Failure, PullRequestRows

AT_ONCE = 100
"""Ids in one question: as many as GitHub allows."""


@dataclass(frozen=True)
class AskedAgain:
    """What came of asking for failed pull requests by id."""

    pull_requests: list[PullRequestRows]
    failures: list[Failure]
    gone: list[Failure]


def ask_again(github: GitHubClient, failed: list[Failure]) -> AskedAgain:
    """Ask for pull requests that failed before (at most 100): whole now, failing still, or gone.

    :raises SyncError: as ``GitHubClient.query``
    """
    document = read_graphql("pull_requests_by_id", "pull_request_fields", "review_fields")
    answer = github.query(document, {"ids": [failure.github_node_id for failure in failed]})
    errors = errors_by_node(answer, github.about, "nodes")
    present, gone, failures = [], [], []
    for index, (failure, node) in enumerate(zip(failed, answer.data["nodes"], strict=True)):
        error = errors.get(index)
        if error and error.is_gone:
            gone.append(failure)
        elif error or not node:
            failures.append(_failed_again(failure, error))
        else:
            present.append((node, None))
    whole, broken = read_whole(github, present)
    return AskedAgain(whole, failures + broken, gone)


def gone_nodes(github: GitHubClient, node_ids: list[str]) -> set[str]:
    """Those of the node ids (at most 100) that GitHub answers it does not have.

    :raises SyncError: as ``GitHubClient.query``
    """
    answer = github.query(read_graphql("existing_nodes"), {"ids": node_ids})
    errors = errors_by_node(answer, github.about, "nodes")
    return {node_ids[index] for index, error in errors.items() if error.is_gone}


def _failed_again(failure: Failure, error: NodeError | None) -> Failure:
    reason = error.message if error else failure.error
    return Failure(failure.number, failure.github_pr_id, failure.github_node_id, reason)
