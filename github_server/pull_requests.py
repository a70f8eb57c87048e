"""Pull requests and their reviews, as GitHub holds them.

Creating them (`Repository.pull_request`, `PullRequest.review`) describes a past and moves no clock.
The verbs (`update`, `submit_review`, `merge`, `close`, `delete_review`) happen now: like GitHub,
they set the pull request's `updated_at` to the world's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from github_server.actors import Actor
from github_server.clock import utc, utc_or_none
from github_server.ids import node_id
from github_server.labels import Label
from github_server.registry import Registry

PullRequestState = Literal["OPEN", "CLOSED", "MERGED"]
ReviewState = Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]


class Home(Protocol):
    """What a pull request needs of its repository."""

    world: Registry
    database_id: int
    full_name: str
    pull_requests_enabled: bool

    @property
    def resource_path(self) -> str:
        """The path of the web page."""


@dataclass(eq=False, repr=False)
class Review:
    """One review; `visible=False` hides it, as GitHub hides other people's pending ones."""

    typename = "PullRequestReview"

    pull_request: PullRequest
    database_id: int
    author: Actor | None
    state: ReviewState
    created_at: datetime
    submitted_at: datetime | None
    body: str = ""
    commit_oid: str | None = None
    visible: bool = True

    def __post_init__(self) -> None:
        repository_id = self.repository.database_id
        self.id = node_id("PRR", repository_id, self.database_id)

    def __repr__(self) -> str:
        return f"<Review {self.database_id} {self.state} of {self.pull_request!r}>"

    @property
    def repository(self) -> Home:
        """The repository of its pull request."""
        return self.pull_request.repository

    @property
    def updated_at(self) -> datetime:
        """When it last changed, as far as this server tells."""
        return self.submitted_at or self.created_at

    @property
    def url(self) -> str:
        """The web page."""
        return f"{self.pull_request.url}#pullrequestreview-{self.database_id}"


@dataclass(eq=False, repr=False)
class PullRequest:
    """One pull request with its reviews, oldest first, and its labels."""

    typename = "PullRequest"

    repository: Home
    number: int
    database_id: int
    issue_id: int
    title: str
    author: Actor | None
    created_at: datetime
    updated_at: datetime
    body: str = ""
    state: PullRequestState = "OPEN"
    is_draft: bool = False
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: Actor | None = None
    base_ref_name: str = "main"
    head_ref_name: str = "topic"
    head_ref_oid: str = "0" * 40
    additions: int = 1
    deletions: int = 0
    changed_files: int = 1
    commits: int = 1
    reviews: list[Review] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = node_id("PR", self.repository.database_id, self.database_id)
        self.created_at, self.updated_at = utc(self.created_at), utc(self.updated_at)
        self.closed_at, self.merged_at = utc_or_none(self.closed_at), utc_or_none(self.merged_at)

    def __repr__(self) -> str:
        return f"<PullRequest {self.repository.full_name}#{self.number} {self.state}>"

    @property
    def resource_path(self) -> str:
        """The path of the web page."""
        return f"{self.repository.resource_path}/pull/{self.number}"

    @property
    def url(self) -> str:
        """The web page."""
        return self.repository.world.web_url + self.resource_path

    @property
    def permalink(self) -> str:
        """The web page again: a pull request has no other address."""
        return self.url

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.state == "MERGED"

    @property
    def closed(self) -> bool:
        """Whether it is merged or closed."""
        return self.state != "OPEN"

    def review(  # noqa: PLR0913 (a test names the few that it is about)
        self,
        author: Actor | None = None,
        state: ReviewState = "APPROVED",
        submitted_at: datetime | None = None,
        *,
        body: str = "",
        commit_oid: str | None = "",
        database_id: int | None = None,
        visible: bool = True,
    ) -> Review:
        """A review that was there already; its commit is the head unless named (None: gone)."""
        world = self.repository.world
        with world.lock:
            moment = utc_or_none(submitted_at) or self.updated_at
            review = Review(
                pull_request=self,
                database_id=database_id or world.sequences.review(),
                author=author,
                state=state,
                created_at=moment,
                submitted_at=None if state == "PENDING" else moment,
                body=body,
                commit_oid=self.head_ref_oid if commit_oid == "" else commit_oid,
                visible=visible,
            )
            self.reviews.append(review)
            world.nodes[review.id] = review
            return review

    def submit_review(
        self, author: Actor | None, state: ReviewState = "APPROVED", **fields: Any
    ) -> Review:
        """A review that is submitted now."""
        with self.repository.world.lock:
            self.update()
            return self.review(author, state, submitted_at=self.updated_at, **fields)

    def update(self, **changes: Any) -> PullRequest:
        """Change fields now; without any, as when a label is added."""
        world = self.repository.world
        unknown = changes.keys() - self.__dataclass_fields__.keys()
        if unknown:
            raise TypeError(f"a pull request has no {', '.join(sorted(unknown))}")
        with world.lock:
            for name, value in {"updated_at": world.now(), **changes}.items():
                setattr(self, name, value)
        return self

    def add_label(self, label: Label) -> PullRequest:
        """Add a label of its repository now."""
        with self.repository.world.lock:
            if label not in self.labels:
                self.labels.append(label)
            return self.update()

    def remove_label(self, label: Label) -> PullRequest:
        """Remove it now."""
        with self.repository.world.lock:
            self.labels.remove(label)
            return self.update()

    def merge(self, by: Actor | None = None) -> PullRequest:
        """Merge it now."""
        now = self.repository.world.now()
        return self.update(state="MERGED", merged_at=now, closed_at=now, merged_by=by)

    def close(self) -> PullRequest:
        """Close it now, unmerged."""
        return self.update(state="CLOSED", closed_at=self.repository.world.now())

    def reopen(self) -> PullRequest:
        """Open a closed one again."""
        return self.update(state="OPEN", closed_at=None)

    def delete_review(self, review: Review) -> None:
        """Delete a (pending) review now."""
        world = self.repository.world
        with world.lock:
            self.reviews.remove(review)
            world.forget_nodes(review)
            self.update()
