"""Asks GitHub by id: for pull requests that failed before, and whether nodes still exist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from github_sync.api.client import TRIES, Answer, GitHubClient
from github_sync.api.completion import NodeError, errors_by_node, read_whole
from github_sync.api.documents import document
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.values import Node
from github_sync.errors import GitHubUnavailable


@dataclass(frozen=True)
class Refetched:
    """The answer for pull requests that failed before: whole, still failing, or gone."""

    pull_requests: list[PullRequestRows]
    failures: list[FailedPullRequest]
    gone: list[FailedPullRequest]


def refetch(github: GitHubClient, repository_id: str, failed: list[FailedPullRequest]) -> Refetched:
    """Ask for pull requests that failed before: whole now, failing still, or gone.

    :param repository_id: the repository's node id; nothing is gone unless GitHub still shows it
    :param failed: at most 100; of more than GitHub can serve at once only the first are asked for
    :raises SyncError: as ``GitHubClient.query``
    """
    text = document("lookups/pull_requests_by_id")
    ids = [failure.github_node_id for failure in failed]
    variables: dict[str, Any] = {"repositoryId": repository_id, "ids": ids}
    answer = github.query(text, variables, sized_by="ids")
    asked = failed[: len(answer.variables["ids"])]
    errors = _errors(github, answer)
    return _sorted(github, list(zip(asked, answer.data["nodes"], strict=True)), errors)


def _sorted(
    github: GitHubClient,
    answered: list[tuple[FailedPullRequest, Node | None]],
    errors: dict[int, NodeError],
) -> Refetched:
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
    return Refetched(whole, failures + broken, gone)


def look_up(
    github: GitHubClient, repository_id: str, node_ids: list[str], tries: int = TRIES
) -> tuple[set[str], set[str]]:
    """Those of the node ids (at most 100) that GitHub has, and those it answers it does not have.

    One about which GitHub gives no clear answer is in neither.

    :param repository_id: the repository's node id; nothing is gone unless GitHub still shows it
    :raises SyncError: as ``GitHubClient.query``
    """
    variables = {"repositoryId": repository_id, "ids": node_ids}
    answer = github.query(document("lookups/existing_nodes"), variables, tries=tries)
    errors = _errors(github, answer)
    gone = {node_ids[index] for index, error in errors.items() if error.is_gone}
    return {node["id"] for node in answer.data["nodes"] if node}, gone


def _errors(github: GitHubClient, answer: Answer) -> dict[int, NodeError]:
    """The errors by node; a repository that is not there is an error about everything."""
    errors = errors_by_node(answer, github.about, "nodes")
    if not answer.data.get("repository") or answer.data.get("nodes") is None:
        raise GitHubUnavailable(f"{github.about}: GitHub did not answer what was asked by id.")
    return errors
