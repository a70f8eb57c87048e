"""Repositories with their pull requests and plain issues."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from github_server.actors import Actor
from github_server.clock import utc, utc_or_none
from github_server.ids import node_id
from github_server.labels import Label, Labels
from github_server.pull_requests import PullRequest, PullRequestState
from github_server.registry import Registry

Visibility = Literal["PUBLIC", "PRIVATE", "INTERNAL"]


@dataclass(eq=False)
class Issue:
    """A plain issue: REST lists it among pull requests, GraphQL's queries here never see it."""

    repository: Repository
    number: int
    issue_id: int
    title: str
    author: Actor | None
    created_at: datetime
    updated_at: datetime
    body: str = ""
    state: Literal["OPEN", "CLOSED"] = "OPEN"
    closed_at: datetime | None = None
    labels: list[Label] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The web page."""
        return f"{self.repository.url}/issues/{self.number}"


@dataclass(eq=False, repr=False)
class Repository:
    """One repository; its names are known to the world, which can rename it."""

    typename = "Repository"

    world: Registry
    full_name: str
    database_id: int
    owner: Actor
    created_at: datetime
    description: str | None = None
    visibility: Visibility = "PRIVATE"
    is_archived: bool = False
    is_disabled: bool = False
    is_fork: bool = False
    is_empty: bool = False
    is_locked: bool = False
    has_issues_enabled: bool = True
    pull_requests_enabled: bool = True
    block_reason: Literal["dmca", "tos", "sensitive_data"] | None = None
    former_names: list[str] = field(default_factory=list)
    pull_requests: dict[int, PullRequest] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = node_id("R", self.database_id)
        self.labels = Labels(self.world, self.database_id)
        self._last_number = 0

    def __repr__(self) -> str:
        return f"<Repository {self.full_name}>"

    @property
    def name(self) -> str:
        """The name without its owner."""
        return self.full_name.partition("/")[2]

    @property
    def name_with_owner(self) -> str:
        """As GraphQL calls the full name."""
        return self.full_name

    @property
    def resource_path(self) -> str:
        """The path of the web page."""
        return f"/{self.full_name}"

    @property
    def url(self) -> str:
        """The web page."""
        return self.world.web_url + self.resource_path

    @property
    def is_private(self) -> bool:
        """Whether only invited people see it."""
        return self.visibility == "PRIVATE"

    @property
    def is_in_organization(self) -> bool:
        """Whether an organization owns it."""
        return self.owner.kind == "Organization"

    @property
    def updated_at(self) -> datetime:
        """When anything in it last changed, as far as this server tells."""
        return max([self.created_at, *(pr.updated_at for pr in self.pull_requests.values())])

    def pull_request(  # noqa: PLR0913 (a test names the few that it is about)
        self,
        title: str = "A pull request",
        *,
        author: Actor | None = None,
        number: int | None = None,
        database_id: int | None = None,
        state: PullRequestState | None = None,
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        closed_at: datetime | None = None,
        merged_at: datetime | None = None,
        **fields: Any,
    ) -> PullRequest:
        """A pull request that was there already; what is left out follows from what is given."""
        with self.world.lock:
            number = self._take_number(number)
            known = [moment for moment in (created_at, merged_at, closed_at) if moment]
            latest = utc(updated_at or max(known, default=self.world.now()))
            state = state or ("MERGED" if merged_at else "CLOSED" if closed_at else "OPEN")
            merged_at = merged_at or (latest if state == "MERGED" else None)
            fields.setdefault("head_ref_oid", _oid(f"{self.full_name}#{number}"))
            pull_request = PullRequest(
                repository=self,
                number=number,
                database_id=database_id or self.world.sequences.pull_request(),
                issue_id=self.world.sequences.issue(),
                title=title,
                author=author,
                state=state,
                created_at=created_at or latest,
                updated_at=latest,
                closed_at=closed_at or merged_at or (latest if state == "CLOSED" else None),
                merged_at=merged_at,
                **fields,
            )
            self.pull_requests[number] = pull_request
            self.world.nodes[pull_request.id] = pull_request
            return pull_request

    def label(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """The label with this name, created at its first mention."""
        return self.labels.define(name, self.url, color, description)

    def delete_label(self, label: Label) -> None:
        """Delete it: pull requests that carried it lose it, and are not updated."""
        with self.world.lock:
            del self.labels[label.name.lower()]
            self.world.forget_nodes(label)
            for pull_request in self.pull_requests.values():
                if label in pull_request.labels:
                    pull_request.labels.remove(label)

    def issue(
        self,
        title: str = "An issue",
        *,
        author: Actor | None = None,
        number: int | None = None,
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        **fields: Any,
    ) -> Issue:
        """A plain issue; it takes a number from the same row as the pull requests."""
        with self.world.lock:
            number = self._take_number(number)
            latest = utc_or_none(updated_at or created_at) or self.world.now()
            issue = Issue(
                repository=self,
                number=number,
                issue_id=self.world.sequences.issue(),
                title=title,
                author=author,
                created_at=utc(created_at or latest),
                updated_at=latest,
                **fields,
            )
            self.issues[number] = issue
            return issue

    def delete_pull_request(self, pull_request: PullRequest) -> None:
        """Delete one with its reviews, as GitHub's support does on request; no trace remains."""
        with self.world.lock:
            del self.pull_requests[pull_request.number]
            self.world.forget_nodes(pull_request, *pull_request.reviews)

    def _take_number(self, wanted: int | None) -> int:
        number = wanted or self._last_number + 1
        if number in self.pull_requests or number in self.issues:
            raise ValueError(f"{self.full_name}#{number} is taken")
        self._last_number = max(self._last_number, number)
        return number


def _oid(seed: str) -> str:
    return hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
