"""Compares the tables with the sample GitHub, which is in this process and can be looked into."""

from __future__ import annotations

from dataclasses import dataclass

from demo.github import SampleGitHub
from demo.postgres import Postgres
from github_server import PullRequest

OLD_REQUESTS_PER_PULL_REQUEST = 4
"""The pull request, and three lists of its reviews; see the project's README."""
OLD_PAGE_SIZE = 30


@dataclass(frozen=True)
class Comparison:
    """How many rows there are on each side, and whether they are the same."""

    pull_requests: int
    reviews: int
    stored_pull_requests: int
    stored_reviews: int
    is_equal: bool


def compare(sample: SampleGitHub, postgres: Postgres) -> Comparison:
    """Every pull request's number, state and last change, and every review's id and verdict."""
    with sample.world.lock:
        visible = _readable_pull_requests(sample)
        pull_requests = {
            (one.repository.full_name, one.number, one.state.lower(), one.updated_at)
            for one in visible
        }
        reviews = {
            (review.database_id, review.state.lower())
            for one in visible
            for review in one.reviews
            if review.visible
        }
    stored_pull_requests = {tuple(row.values()) for row in postgres.rows("list_pull_requests")}
    stored_reviews = {tuple(row.values()) for row in postgres.rows("list_reviews")}
    return Comparison(
        len(pull_requests),
        len(reviews),
        len(stored_pull_requests),
        len(stored_reviews),
        (pull_requests, reviews) == (stored_pull_requests, stored_reviews),
    )


def old_requests(pull_requests: int) -> int:
    """What one repository would have cost: a check, lists of 30, and four for each pull request."""
    pages = max(1, -(-pull_requests // OLD_PAGE_SIZE))
    return 1 + pages + OLD_REQUESTS_PER_PULL_REQUEST * pull_requests


def _readable_pull_requests(sample: SampleGitHub) -> list[PullRequest]:
    return [
        pull_request
        for repository in sample.world.repositories.values()
        if repository.full_name != sample.hidden
        for pull_request in repository.pull_requests.values()
    ]
