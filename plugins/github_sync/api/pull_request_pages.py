"""Reads a repository's changed pull requests from GitHub, page by page, the last updated first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from github_sync.api.client import TRIES, Answer, GitHubClient
from github_sync.api.completion import NodeError, errors_by_node, read_whole
from github_sync.api.documents import document
from github_sync.api.page_size import PageSize
from github_sync.api.refusals import error_of_graphql
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows
from github_sync.entities.repository import (
    RepositoryIdentity,
    RepositoryInfo,
    RepositoryRef,
    repository_identity,
    repository_info,
)
from github_sync.entities.values import Node, parse_time
from github_sync.errors import GitHubUnavailable

NOTHING_SENT = NodeError("", "GitHub sent null for it, without a reason.")
IDENTITY = ("id", "fullDatabaseId", "number", "updatedAt")
PARTS = ("newest", "open", "closed", "merged", "pullRequests")
SAMPLE = "sample"
"""The name under which the page's query looks up stored nodes."""


@dataclass(frozen=True)
class PullRequestPage:
    """One page of pull requests within the window, each with its complete children.

    :param failures: those that GitHub could not serve
    :param cursor: where the next page begins
    :param is_last: nothing older lies within the window
    :param asked_at: when it was asked for (GitHub's clock)
    :param size: how many pull requests GitHub served at once; None if not even one
    :param gone: node ids of the sample that GitHub no longer has; None if there was no sample
    """

    repository: RepositoryIdentity
    info: RepositoryInfo
    pull_requests: list[PullRequestRows]
    failures: list[FailedPullRequest]
    cursor: str | None
    is_last: bool
    asked_at: datetime
    size: int | None
    gone: set[str] | None = None


@dataclass(frozen=True)
class Window:
    """Which pull requests to read.

    :param since: updated at or after this (aware); None for the whole history
    :param cursor: where an interrupted scan resumes; None for the start
    :param sample: node ids (at most 100) of stored rows to look up along with the first page
    """

    since: datetime | None = None
    cursor: str | None = None
    sample: tuple[str, ...] = ()

    def has(self, node: Node) -> bool:
        """Whether the pull request lies within."""
        return self.since is None or parse_time(node["updatedAt"]) >= self.since


def changed_pull_requests(
    github: GitHubClient, target: RepositoryRef, window: Window, size: PageSize
) -> Iterator[PullRequestPage]:
    """The window's pages, the last updated pull request first.

    A pull request that changes meanwhile moves to the front: none after the cursor is missed.

    :param size: adapts to what GitHub can serve
    :raises SyncError: as ``GitHubClient.query``; InvalidCursor when GitHub refuses the cursor
    """
    while True:
        page = _PageQuery(github, target, window, size).page()
        yield page
        if page.is_last:
            return
        github = github.named(page.repository.full_name)
        window = replace(window, cursor=page.cursor, sample=())


class _PageQuery:
    """Asks for one page, in smaller parts if it is too heavy."""

    def __init__(
        self, github: GitHubClient, target: RepositoryRef, window: Window, size: PageSize
    ) -> None:
        self.github = github
        self.root = _root(target)
        self.window = window
        self.size = size
        self.variables = _variables(target) | {"pageSize": size.now, "after": window.cursor}

    def page(self) -> PullRequestPage:
        """The page; a pull request that is too heavy even alone becomes a failure."""
        try:
            answer = self._ask_whole()
        except GitHubUnavailable as refusal:
            if not self._may_set_aside(refusal):
                raise
            return self._set_aside(str(refusal))
        served = self.variables["pageSize"] = answer.variables["pageSize"]
        self.size.served(served)
        return replace(self._page(answer, *self._identified(answer)), gone=self._gone(answer))

    def _ask_whole(self) -> Answer:
        text = document("scans/changed_pull_requests")
        sample = list(self.window.sample)
        variables = {**self.variables, "withSample": bool(sample), "sample": sample}
        return self.github.query(text, variables, sized_by="pageSize", check=self._check_is_listed)

    def _check_is_listed(self, answer: Answer) -> None:
        repository = answer.data.get(self.root) or {}
        listed = repository.get("pullRequests") or {}
        nodes = listed.get("nodes")
        is_hollow = not nodes and listed.get("totalCount") and not self.window.cursor
        is_whole = all(repository.get(part) for part in PARTS)
        if is_whole and nodes is not None and not is_hollow:
            return
        if errors := _under(answer, self.root):
            raise error_of_graphql(errors, answer.headers, self.github.about)
        raise GitHubUnavailable(f"{self.github.about}: GitHub did not list the pull requests.")

    def _may_set_aside(self, refusal: GitHubUnavailable) -> bool:
        is_alone = refusal.asked_for == 1
        return is_alone and refusal.may_be_too_much and self.size.may_set_aside()

    def _set_aside(self, reason: str) -> PullRequestPage:
        """If GitHub is down altogether, this is refused too."""
        self.variables["pageSize"] = 1
        answer = self._ask_identities(tries=1)
        nodes = answer.data[self.root]["pullRequests"]["nodes"]
        page = self._page(answer, nodes, {i: NodeError("", reason) for i in range(len(nodes))})
        return replace(page, size=None)

    def _page(
        self, answer: Answer, nodes: list[Node], errors: dict[int, NodeError]
    ) -> PullRequestPage:
        repository, listed = answer.data[self.root], answer.data[self.root]["pullRequests"]
        within = [(node, errors.get(i)) for i, node in enumerate(nodes) if self.window.has(node)]
        pull_requests, failures = read_whole(self.github, within)
        return PullRequestPage(
            repository_identity(repository),
            repository_info(repository, answer.asked_at),
            pull_requests,
            failures,
            cursor=listed["pageInfo"]["endCursor"],
            is_last=len(within) < len(nodes) or not listed["pageInfo"]["hasNextPage"],
            asked_at=answer.asked_at,
            size=self.variables["pageSize"],
        )

    def _identified(self, answer: Answer) -> tuple[list[Node], dict[int, NodeError]]:
        """The page's nodes, and the errors by index.

        A node that GitHub could not serve is replaced by its identity.
        """
        errors = errors_by_node(
            _about_the_list(answer), self.github.about, self.root, "pullRequests", "nodes"
        )
        listed = answer.data[self.root]["pullRequests"]
        missing = [i for i, node in enumerate(listed["nodes"]) if not _is_identified(node)]
        if not missing:
            return listed["nodes"], errors
        identities = self._ask_identities()
        same = identities.data[self.root]["pullRequests"]
        if same["pageInfo"]["endCursor"] != listed["pageInfo"]["endCursor"]:
            raise self._unidentified()  # the page has changed since
        nodes = [same["nodes"][i] if i in missing else n for i, n in enumerate(listed["nodes"])]
        return nodes, dict.fromkeys(missing, NOTHING_SENT) | errors

    def _ask_identities(self, tries: int = TRIES) -> Answer:
        """The identities of the pull requests on the page, in its order.

        :raises GitHubUnavailable: GitHub cannot serve them
        """
        text = document("scans/identify_pull_requests")
        answer = self.github.query(text, self.variables, check=self._check_is_listed, tries=tries)
        if not all(_is_identified(n) for n in answer.data[self.root]["pullRequests"]["nodes"]):
            raise self._unidentified()
        return answer

    def _unidentified(self) -> GitHubUnavailable:
        return GitHubUnavailable(
            f"{self.github.about}: GitHub could serve neither a pull request nor its identity."
        )

    def _gone(self, answer: Answer) -> set[str] | None:
        if not self.window.sample:
            return None
        about_sample = replace(answer, errors=_under(answer, SAMPLE))
        errors = errors_by_node(about_sample, self.github.about, SAMPLE)
        return {self.window.sample[i] for i, error in errors.items() if error.is_gone}


def _is_identified(node: Node | None) -> bool:
    return bool(node and all(node.get(key) for key in IDENTITY))


def _under(answer: Answer, root: str) -> list[dict[str, Any]]:
    """The errors with a path below this name, or without a path."""
    return [one for one in answer.errors if (one.get("path") or [root])[0] == root]


def _about_the_list(answer: Answer) -> Answer:
    """Without the errors about the sample, and about what is optional."""
    errors = [one for one in answer.errors if (one.get("path") or [None])[0] != SAMPLE]
    return replace(
        answer, errors=[one for one in errors if (one.get("path") or [])[1:2] != ["newest"]]
    )


def _root(repository: RepositoryRef) -> str:
    """Under which name the answer holds the repository."""
    return "node" if repository.github_node_id else "repository"


def _variables(repository: RepositoryRef) -> dict[str, Any]:
    """The query's variables that choose the repository."""
    owner, _, name = repository.full_name.partition("/")
    return {
        "byId": repository.github_node_id is not None,
        "nodeId": repository.github_node_id or "",
        "owner": owner,
        "name": name,
    }
