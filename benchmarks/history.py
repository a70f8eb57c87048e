"""The repository that is synced: sample data, the same each time.

It has no deleted accounts and no pending reviews: the replaced job fails on them.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from github_server import Actor, Clock, PullRequest, Repository, World
from github_server.registry import Registry

FULL_NAME = "octo-sample/benchmark"
START = datetime(2026, 3, 2, 4, tzinfo=timezone.utc)
DAY_SECONDS = 24 * 60 * 60
PEOPLE = 25
REVIEWS = 3
PULL_REQUESTS_PER_ISSUE = 4
OPEN_SHARE, CLOSED_SHARE = 0.05, 0.15
ACTIVE_FACTOR = 5
"""The changed pull requests are chosen from this many times as many of the newest ones."""
BODY = "Support saw this twice last week. A guard, a test, and a note in the runbook. " * 8
COMMENT = "Could this be read twice when the worker is restarted in between? Otherwise fine. "


class Tally(NamedTuple):
    """Counts that are compared between the tables and GitHub.

    :param updated_seconds: the sum of all ``updated_at``, in seconds since 1970
    """

    pull_requests: int
    reviews: int
    merged: int
    updated_seconds: int


def make_world() -> World:
    """An empty world whose clock is stopped at START."""
    world = World(clock=Clock(START))
    # Unlimited here. The report says what each approach uses of GitHub's real quota.
    world.rate_limit.limit = 10**9
    return world


def make_repository(world: World, pull_requests: int) -> Repository:
    """A repository with a history that ends a day before START."""
    repository = world.repository(FULL_NAME)
    chance = random.Random(pull_requests)  # noqa: S311 (no secret)
    for index in range(pull_requests):
        age = timedelta(hours=24 + 2 * (pull_requests - index))
        if index % PULL_REQUESTS_PER_ISSUE == 0:
            repository.issue(created_at=START - age, author=_someone(world, chance), body=BODY)
        _write_pull_request(repository, START - age, chance)
    return repository


def change_pull_requests(repository: Repository, changed: int) -> None:
    """Change this many pull requests, and issues in proportion, over the next 20 hours."""
    world, chance = repository.world, random.Random(changed)  # noqa: S311 (no secret)
    newest = list(repository.pull_requests.values())[-changed * ACTIVE_FACTOR :]
    step = 20 * 60 * 60 / changed
    for index, pull_request in enumerate(chance.sample(newest, changed)):
        world.clock.advance(step)
        _change(pull_request, index, chance)
    for issue in list(repository.issues.values())[: changed // PULL_REQUESTS_PER_ISSUE]:
        issue.updated_at = world.now()
    world.clock.advance(DAY_SECONDS - 20 * 60 * 60)


def tally(repository: Repository) -> Tally:
    """The counts on GitHub."""
    pull_requests = list(repository.pull_requests.values())
    return Tally(
        pull_requests=len(pull_requests),
        reviews=sum(len(one.reviews) for one in pull_requests),
        merged=sum(one.merged for one in pull_requests),
        updated_seconds=sum(int(one.updated_at.timestamp()) for one in pull_requests),
    )


def _write_pull_request(
    repository: Repository, created_at: datetime, chance: random.Random
) -> None:
    world, outcome = repository.world, chance.random()
    ended_at = created_at + timedelta(minutes=chance.randrange(60, 20 * 60))
    is_open, is_merged = outcome < OPEN_SHARE, outcome >= CLOSED_SHARE
    pull_request = repository.pull_request(
        f"fix: keep the {chance.choice(('basket', 'ledger', 'invoice'))} of a returning guest",
        author=_someone(world, chance),
        created_at=created_at,
        updated_at=ended_at,
        closed_at=None if is_open else ended_at,
        merged_at=ended_at if is_merged else None,
        merged_by=_someone(world, chance) if is_merged else None,
        body=BODY,
        additions=chance.randrange(500),
        deletions=chance.randrange(200),
        changed_files=chance.randrange(1, 20),
    )
    for number in range(1, REVIEWS + 1):
        pull_request.review(
            _someone(world, chance),
            "APPROVED" if number == REVIEWS else "COMMENTED",
            created_at + timedelta(minutes=15 * number),
            body=COMMENT,
        )


def _change(pull_request: PullRequest, index: int, chance: random.Random) -> None:
    """Every second one gets a review. The others are merged, or edited if already merged."""
    if index % 2:
        pull_request.submit_review(
            _someone(pull_request.repository.world, chance), "COMMENTED", body=COMMENT
        )
    elif pull_request.merged:
        pull_request.update(title=f"{pull_request.title}, edited")
    else:
        pull_request.merge(by=pull_request.author)


def _someone(world: Registry, chance: random.Random) -> Actor:
    return world.user(f"developer-{chance.randrange(PEOPLE)}")
