"""Pasts that several tests begin with."""

from __future__ import annotations

from datetime import timedelta

from github_server import Fault, PullRequest, Repository, World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing

DAY = 86400
LONG_AGO = START - timedelta(days=30)


def with_history(
    world: World, full_name: str = "acme/api", pull_requests: int = 1, reviews: int = 0
) -> Repository:
    """A repository whose pull requests, each with its reviews, no one has touched for a month."""
    repository = world.repository(full_name)
    for age in range(pull_requests):
        pull_request = repository.pull_request(
            f"feat: {age}",
            author=world.user("alice"),
            created_at=LONG_AGO - timedelta(hours=age + 1),
            updated_at=LONG_AGO - timedelta(minutes=age),
        )
        for _ in range(reviews):
            pull_request.review(author=world.user("bob"), submitted_at=pull_request.updated_at)
    return repository


def synced_a_day_ago(syncing: Syncing, repository: Repository) -> int:
    """Track it and sync it; then a day passes. Its repository_id."""
    repository_id = syncing.track(repository)
    syncing.sync(repository_id)
    syncing.world.clock.advance(DAY)
    return repository_id


def newest(repository: Repository, count: int) -> list[PullRequest]:
    """The pull requests last updated, in GitHub's order."""
    by_update = sorted(
        repository.pull_requests.values(),
        key=lambda one: (one.updated_at, one.database_id),
        reverse=True,
    )
    return by_update[:count]


def is_later_page(variables: object) -> bool:
    """Whether a request for pull requests goes on behind a cursor."""
    return isinstance(variables, dict) and bool(variables.get("after"))


def outage(times: float, skip: int = 0) -> Fault:
    """The proxy's 502, this many times, after so many good pages."""
    lists = ("ChangedPullRequests", "IdentifyPullRequests")
    return Fault(operation=lists, status=502, times=times, skip=skip)
