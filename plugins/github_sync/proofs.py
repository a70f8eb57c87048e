"""Asks GitHub by id: for pull requests that failed before, and whether something still exists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from github_sync.client import GitHubClient
from github_sync.include_files import read_graphql
from github_sync.pull_requests import NodeError, errors_by_node, read_whole
from github_sync.rows import Failure, Node, PullRequestRows


@dataclass(frozen=True)
class AskedAgain:
    """What came of asking for failed pull requests by id."""

    pull_requests: list[PullRequestRows]
    failures: list[Failure]
    gone: list[Failure]


def ask_again(github: GitHubClient, failed: list[Failure]) -> AskedAgain:
    """Ask for pull requests that failed before: whole now, failing still, or gone.

    :param failed: at most 100; of more than GitHub can serve at once only the first are asked for
    :raises SyncError: as ``GitHubClient.query``
    """
    document = read_graphql("pull_requests_by_id", "pull_request_fields", "review_fields")
    variables = {"ids": [failure.github_node_id for failure in failed]}
    answer = github.query(document, variables, sized_by="ids")
    asked = failed[: len(variables["ids"])]
    errors = errors_by_node(answer, github.about, "nodes")
    return _sorted(github, list(zip(asked, answer.data["nodes"], strict=True)), errors)


def _sorted(
    github: GitHubClient,
    answered: list[tuple[Failure, Node | None]],
    errors: dict[int, NodeError],
) -> AskedAgain:
    present, gone, failures = [], [], []
    for index, (failure, node) in enumerate(answered):
        error = errors.get(index)
        if error and error.is_gone:
            gone.append(failure)
        elif error or not node:
            failures.append(replace(failure, error=error.message if error else failure.error))
        else:
            present.append((node, None))
    whole, broken = read_whole(github, present)
    return AskedAgain(whole, failures + broken, gone)


def look_up(github: GitHubClient, node_ids: list[str]) -> tuple[set[str], set[str]]:
    """Those of the node ids (at most 100) that GitHub has, and those it answers it does not have.

    One about which it cannot tell is in neither.

    :raises SyncError: as ``GitHubClient.query``
    """
    answer = github.query(read_graphql("existing_nodes"), {"ids": node_ids})
    errors = errors_by_node(answer, github.about, "nodes")
    gone = {node_ids[index] for index, error in errors.items() if error.is_gone}
    return {node["id"] for node in answer.data["nodes"] if node}, gone
