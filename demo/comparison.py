"""Compares the tables with the sample GitHub, which runs in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo.github import SampleGitHub
from demo.postgres import Postgres
from github_server import Actor, Label, PullRequest, Review

REST_REQUESTS_PER_PULL_REQUEST = 4
"""How often the replaced job asks for each pull request; see docs/benchmarks.md."""
REST_PAGE_SIZE = 30


@dataclass(frozen=True)
class Comparison:
    """How many rows each side has, and how many differ.

    :param only_on_github: rows that the tables do not have, or have with other values
    :param only_in_tables: rows that GitHub does not have, or has with other values
    """

    pull_requests: int
    reviews: int
    stored_pull_requests: int
    stored_reviews: int
    only_on_github: int
    only_in_tables: int

    @property
    def is_equal(self) -> bool:
        """Whether the tables match GitHub, column by column."""
        return not self.only_on_github and not self.only_in_tables


def compare(sample: SampleGitHub, postgres: Postgres) -> Comparison:
    """All pull requests, reviews and labels of the tracked repositories, column by column."""
    with sample.world.lock:
        readable = _readable_pull_requests(sample)
        pull_requests = {_pull_request(one) for one in readable}
        reviews = {_review(review) for one in readable for review in one.reviews if review.visible}
        labels = {_label(one, label) for one in readable for label in one.labels}
    stored_pull_requests = {tuple(row.values()) for row in postgres.rows("list_pull_requests")}
    stored_reviews = {tuple(row.values()) for row in postgres.rows("list_reviews")}
    stored_labels = {tuple(row.values()) for row in postgres.rows("list_labels")}
    stored = stored_pull_requests | stored_reviews | stored_labels
    on_github = pull_requests | reviews | labels
    return Comparison(
        len(pull_requests),
        len(reviews),
        len(stored_pull_requests),
        len(stored_reviews),
        len(on_github - stored),
        len(stored - on_github),
    )


def rest_requests(pull_requests: int) -> int:
    """The replaced job's requests: the repository, lists of 30, four for each pull request."""
    pages = max(1, -(-pull_requests // REST_PAGE_SIZE))
    return 1 + pages + REST_REQUESTS_PER_PULL_REQUEST * pull_requests


def _readable_pull_requests(sample: SampleGitHub) -> list[PullRequest]:
    return [
        pull_request
        for repository in sample.tracked
        if repository.full_name != sample.inaccessible
        for pull_request in repository.pull_requests.values()
    ]


def _pull_request(one: PullRequest) -> tuple[Any, ...]:
    """The columns of demo/sql/list_pull_requests.sql."""
    return (
        one.repository.full_name,
        one.number,
        _text(one.title),
        one.state.lower(),
        _login(one.author),
        one.created_at,
        one.updated_at,
        one.closed_at,
        one.merged_at,
        one.additions,
        one.deletions,
        one.changed_files,
        one.commits,
        one.head_ref_oid,
    )


def _review(review: Review) -> tuple[Any, ...]:
    """The columns of demo/sql/list_reviews.sql."""
    return (
        review.database_id,
        review.state.lower(),
        _login(review.author),
        review.submitted_at,
        _text(review.body),
    )


def _label(one: PullRequest, label: Label) -> tuple[Any, ...]:
    """The columns of demo/sql/list_labels.sql."""
    return (
        one.repository.full_name,
        one.number,
        label.id,
        label.name,
        label.color,
        label.description,
    )


def _login(actor: Actor | None) -> str | None:
    return None if actor is None or actor.deleted else actor.login


def _text(text: str) -> str:
    """Characters that Postgres cannot store become U+FFFD."""
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)
