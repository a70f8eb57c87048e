"""Reads a repository's changed pull requests from GitHub, page by page, the last updated first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from github_sync.api.client import TRIES, Answer, GitHubClient
from github_sync.api.completion import read_whole
from github_sync.api.documents import document
from github_sync.api.existence import by_node_id
from github_sync.api.list_end import ListEnd, says_whether_more_follow
from github_sync.api.node_errors import NodeError, errors_by_node
from github_sync.api.optional_parts import SAMPLE, OptionalParts, is_about_the_list
from github_sync.api.page_size import PageSize
from github_sync.api.transport.refusals import error_of_graphql
from github_sync.entities.pull_request import FailedPullRequest, PullRequestRows, refused_of
from github_sync.entities.repository import (
    RepositoryIdentity,
    RepositoryInfo,
    RepositoryRef,
    has_identity,
    repository_identity,
    repository_info,
)
from github_sync.entities.stored_row import Existence, StoredRow
from github_sync.entities.values import Node, count, parse_time
from github_sync.errors import GitHubUnavailable, ListWithoutEnd, RepositoryNotFound

NOTHING_SENT = NodeError("", "GitHub sent null for it, without a reason.")
IDENTITY = ("id", "fullDatabaseId", "number", "updatedAt")


@dataclass(frozen=True)
class PullRequestPage:
    """One page of pull requests within the window, each with its complete children.

    :param failures: those that GitHub could not serve
    :param is_empty: GitHub listed none at all, within the window or older
    :param total: how many pull requests the repository has; None if GitHub did not count them
    :param cursor: where the next page begins
    :param is_last: nothing older lies within the window
    :param asked_at: when it was asked for (GitHub's clock)
    :param size: how many pull requests GitHub served at once; None if not even one
    :param refused: GitHub's reason for each field that it refused, and for counts that it did not
        make
    :param sample: what GitHub answered about the existence sample; None if nothing
    """

    repository: RepositoryIdentity
    info: RepositoryInfo
    pull_requests: list[PullRequestRows]
    failures: list[FailedPullRequest]
    is_empty: bool
    total: int | None
    cursor: str | None
    is_last: bool
    asked_at: datetime
    size: int | None
    refused: dict[str, str] = field(default_factory=dict)
    sample: Existence | None = None


@dataclass(frozen=True)
class Window:
    """Which pull requests to read.

    :param since: updated at or after this (aware); None for the whole history
    :param cursor: where an interrupted scan resumes; None for the start
    :param sample: stored rows (at most 100) to look up along with the first page
    """

    since: datetime | None = None
    cursor: str | None = None
    sample: tuple[StoredRow, ...] = ()

    def has(self, node: Node) -> bool:
        """Whether the pull request lies within."""
        return self.since is None or parse_time(node["updatedAt"]) >= self.since


def changed_pull_requests(
    github: GitHubClient,
    target: RepositoryRef,
    window: Window,
    size: PageSize,
    optional: OptionalParts | None = None,
) -> Iterator[PullRequestPage]:
    """The window's pages, the last updated pull request first.

    A pull request that changes meanwhile moves to the front: none after the cursor is missed.

    :param size: adapts to what GitHub can serve
    :param optional: whether to ask for what is good to know
    :raises SyncError: as ``GitHubClient.query``; InvalidCursor when GitHub refuses the cursor;
        ListWithoutEnd when its pages do not move on
    """
    optional = optional or OptionalParts()
    end = ListEnd(github.about, "pull requests", window.cursor)
    highest_number = 0
    while True:
        query = _PageQuery(github, target, window, size, optional)
        page = query.page()
        highest_number = max(highest_number, _highest_number(query.listed))
        most_rows = max(highest_number, page.total or 0)
        try:
            after = None if page.is_last else end.next_cursor(query.listed, most_rows)
        except ListWithoutEnd:
            # What the page brought is stored all the same; the next attempt resumes at its start.
            yield replace(page, cursor=window.cursor)
            raise
        yield page
        if after is None:
            return
        github = github.named(page.repository.full_name)
        window = replace(window, cursor=after, sample=())


def _highest_number(listed: Node) -> int:
    """Of a page's pull requests: a repository has no more of them than the highest number."""
    return max((node.get("number") or 0 for node in listed["nodes"] if node), default=0)


class _PageQuery:
    """Asks for one page, in smaller parts if it is too heavy."""

    def __init__(
        self,
        github: GitHubClient,
        target: RepositoryRef,
        window: Window,
        size: PageSize,
        optional: OptionalParts,
    ) -> None:
        self.github = github
        self.root = _root(target)
        self.window = window
        self.size = size
        self.optional = optional
        self.variables = _variables(target) | {"pageSize": size.now, "after": window.cursor}
        self.listed: Node = {}
        """The page as GitHub listed it: a connection with ``nodes`` and ``pageInfo``."""

    def page(self) -> PullRequestPage:
        """The page; a pull request that is too heavy even alone becomes a failure."""
        try:
            answer = self._ask_whole()
        except GitHubUnavailable as refusal:
            if not self._may_set_aside(refusal):
                raise
            return self._set_aside(str(refusal))
        if self.window.cursor and not answer.data[self.root]["pullRequests"]["nodes"]:
            # A page that was announced is empty: all its rows moved, or GitHub failed. Once more.
            answer = self._ask_whole()
        served = self.variables["pageSize"] = answer.variables["pageSize"]
        self.size.served(served)
        page = self._page(answer, *self._identified(answer))
        has_sample = bool(self.window.sample)
        return replace(
            page,
            refused=page.refused | self.optional.refused(answer, self.root, has_sample=has_sample),
            total=count(answer.data[self.root]["pullRequests"].get("totalCount")),
            sample=self._sample(answer),
        )

    def _ask_whole(self) -> Answer:
        """With what is optional; without it, if it is that which GitHub cannot serve."""
        if not self.optional.are_asked_for:
            return self._ask("pageSize", TRIES)
        try:
            if self.optional.were_too_heavy:
                return self._ask(None, tries=1)
            return self._ask("pageSize", TRIES)
        except GitHubUnavailable as refusal:
            if not refusal.may_be_too_much:
                raise
            return self._ask_without_optional(refusal)

    def _ask_without_optional(self, refusal: GitHubUnavailable) -> Answer:
        """As large a page as before; if that is refused too, it is not for what is optional."""
        self.optional.too_heavy = str(refusal.message)
        try:
            if self.optional.were_too_heavy:
                return self._ask("pageSize", TRIES)
            return self._ask(None, tries=1)
        except GitHubUnavailable:
            self.optional.too_heavy = None
            raise refusal from None

    def _ask(self, sized_by: str | None, tries: int) -> Answer:
        sample = tuple(row.github_node_id for row in self.window.sample)
        return self.github.query(
            document("scans/changed_pull_requests"),
            self.variables | self.optional.variables(sample),
            sized_by=sized_by,
            check=self._check_is_listed,
            tries=tries,
        )

    def _check_is_listed(self, answer: Answer) -> None:
        repository = answer.data.get(self.root) or {}
        listed = repository.get("pullRequests") or {}
        nodes = listed.get("nodes")
        is_hollow = not nodes and listed.get("totalCount") and not self.window.cursor
        if self.root in answer.data and not repository and not answer.errors:
            raise RepositoryNotFound(
                f"{self.github.about}: GitHub sent nothing for its id or name."
            )
        is_whole = has_identity(repository) and says_whether_more_follow(listed.get("pageInfo"))
        if is_whole and nodes is not None and not is_hollow:
            return
        if errors := [one for one in answer.errors if is_about_the_list(one, self.root)]:
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
        page = self._page(answer, nodes, {i: [NodeError("", reason)] for i in range(len(nodes))})
        return replace(page, size=None)

    def _page(
        self, answer: Answer, nodes: list[Node], errors: dict[int, list[NodeError]]
    ) -> PullRequestPage:
        repository = answer.data[self.root]
        listed = self.listed = repository["pullRequests"]
        within = [
            (node, errors.get(i, [])) for i, node in enumerate(nodes) if self.window.has(node)
        ]
        pull_requests, failures = read_whole(self.github, within)
        return PullRequestPage(
            repository_identity(repository),
            repository_info(repository, answer.asked_at),
            pull_requests,
            failures,
            is_empty=not nodes,
            total=None,
            cursor=listed["pageInfo"].get("endCursor"),
            is_last=len(within) < len(nodes) or not listed["pageInfo"]["hasNextPage"],
            asked_at=answer.asked_at,
            size=self.variables["pageSize"],
            refused=refused_of(pull_requests),
        )

    def _identified(self, answer: Answer) -> tuple[list[Node], dict[int, list[NodeError]]]:
        """The page's nodes, and the errors by index.

        A node that GitHub could not serve is replaced by its identity.
        """
        about_the_list = replace(
            answer, errors=[one for one in answer.errors if is_about_the_list(one, self.root)]
        )
        errors = errors_by_node(
            about_the_list, self.github.about, self.root, "pullRequests", "nodes"
        )
        listed = answer.data[self.root]["pullRequests"]
        missing = [i for i, node in enumerate(listed["nodes"]) if not _is_identified(node)]
        if not missing:
            return listed["nodes"], errors
        identities = self._ask_identities()
        same = identities.data[self.root]["pullRequests"]
        if same["pageInfo"].get("endCursor") != listed["pageInfo"].get("endCursor"):
            raise self._unidentified()  # the page has changed since
        nodes = [same["nodes"][i] if i in missing else n for i, n in enumerate(listed["nodes"])]
        return nodes, {i: [NOTHING_SENT] for i in missing} | errors

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

    def _sample(self, answer: Answer) -> Existence | None:
        """What GitHub answered about the sample; None if nothing, or nothing that can be placed."""
        nodes = answer.data.get(SAMPLE)
        if not self.window.sample or not isinstance(nodes, list):
            return None
        its = [
            one
            for one in answer.errors
            if (one.get("path") or [])[:1] == [SAMPLE] and len(one["path"]) > 1
        ]
        errors = errors_by_node(replace(answer, errors=its), self.github.about, SAMPLE)
        return by_node_id(self.window.sample, nodes, errors)


def _is_identified(node: Node | None) -> bool:
    return bool(node and all(node.get(key) for key in IDENTITY))


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
