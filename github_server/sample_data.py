"""Sample data for the demo: an organization that does not exist, with a year of pull requests.

world = sample_world()
changed = next_day(world)     # a handful of pull requests change
lose_access(world)            # one tracked repository can no longer be read
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from github_server.actors import Actor
from github_server.clock import Clock
from github_server.pull_requests import PullRequest
from github_server.repositories import Repository
from github_server.sample_history import QUIET, HistoryWriter
from github_server.sample_texts import FORMER_PEOPLE
from github_server.world import SAMPLE_TOKEN, World

OWNER = "octo-sample"
SEED = "sample data"
BIGGEST = f"{OWNER}/checkout-service"
RENAMED_FROM = f"{OWNER}/analytics-pipelines"
RENAMED_TO = f"{OWNER}/data-platform"
EMPTY = f"{OWNER}/design-tokens"
LOST = f"{OWNER}/legacy-billing"
SIZES = {
    BIGGEST: 380,
    f"{OWNER}/storefront-web": 150,
    f"{OWNER}/payments-gateway": 85,
    RENAMED_TO: 40,
    LOST: 25,
}
# What a team would have typed into the form; one name is an old one, which GitHub still follows.
TRACKED = (*(name for name in SIZES if name != RENAMED_TO), RENAMED_FROM, EMPTY)
HISTORY_DAYS = 360


class Change(NamedTuple):
    """What happened to one pull request."""

    number: int
    what: str


def sample_world(now: datetime | None = None, clock: Clock | None = None) -> World:
    """Six repositories, the same each time but for their dates, which end a day before now."""
    clock = clock or Clock()
    now = (now or clock.now()).replace(microsecond=0)
    world = World(clock=clock)
    founded = now - timedelta(days=HISTORY_DAYS + 30)
    for full_name, pull_requests in SIZES.items():
        repository = world.repository(full_name, created_at=founded)
        HistoryWriter(repository, now, SEED).write(pull_requests, HISTORY_DAYS)
    world.repository(EMPTY, created_at=founded, is_empty=True, description="Nothing here yet")
    _rename(world)
    _add_oddities(world.repositories[BIGGEST], now - QUIET)
    for login in FORMER_PEOPLE:
        world.delete_user(world.user(login))
    return world


def _rename(world: World) -> None:
    """As if it had been called differently when the team began to track it."""
    repository = world.repositories[RENAMED_TO]
    world.rename(repository, RENAMED_FROM)
    world.rename(repository, RENAMED_TO)


def _add_oddities(repository: Repository, latest: datetime) -> None:
    """What a sync must cope with, each at least once."""
    world = repository.world
    amara, bjorn = world.user("amara-okafor"), world.user("bjorn-lindqvist")
    recent = list(repository.pull_requests.values())[-40:]
    recent[0].author = world.mannequin("imported-from-gitlab")
    recent[1].body = "A log line with a NUL: \x00 and a lone surrogate: \ud83d"
    recent[2].title = "feat(checkout): celebrate the ten thousandth order 🎉"
    recent[3].review(bjorn, "PENDING", body="Not sent yet", commit_oid=None)
    recent[4].review(amara, "DISMISSED", submitted_at=recent[4].updated_at, body="Outdated")
    recent[5].review(bjorn, "COMMENTED", submitted_at=recent[5].updated_at, commit_oid=None)
    for number in range(1, 26):
        recent[7].labels.append(repository.label(f"release-2.{number}", "c5def5"))
    _discuss_at_length(repository, (amara, bjorn), latest)


def _discuss_at_length(
    repository: Repository, reviewers: tuple[Actor, Actor], latest: datetime
) -> None:
    began = latest - timedelta(days=3)
    pull_request = repository.pull_request(
        "refactor(checkout): one state machine for every kind of order",
        author=reviewers[0],
        body="Long, sorry. Everyone had an opinion.",
        created_at=began,
        additions=2310,
        deletions=1874,
        changed_files=64,
        commits=41,
    )
    for comment in range(130):
        moment = began + timedelta(minutes=20 * comment)
        reviewer = reviewers[comment % 2]
        pull_request.review(reviewer, "COMMENTED", submitted_at=moment, body=f"Round {comment}")
        pull_request.updated_at = moment


def next_day(world: World) -> dict[str, list[Change]]:
    """A day's work, done now by GitHub's clock; says what changed, by repository."""
    changes: dict[str, list[Change]] = {}
    for full_name in SIZES:
        repository = world.repositories.get(full_name.lower())
        if repository is not None and full_name != LOST:
            changes[full_name] = _work(repository)
    return changes


def _work(repository: Repository) -> list[Change]:
    world = repository.world
    amara, chen = world.user("amara-okafor"), world.user("chen-yi-ting")
    title = HistoryWriter(repository, world.now(), str(len(repository.pull_requests))).title()
    new = repository.pull_request(title, author=amara, created_at=world.now())
    changes = [Change(new.number, f"opened: {title}")]
    # Oldest first, so that a sync also meets long forgotten pull requests.
    idle = (each for each in repository.pull_requests.values() if not each.closed)
    verbs: dict[str, Callable[[PullRequest], object]] = {
        "retitled": lambda each: each.update(title=f"{each.title} (again)"),
        "reviewed by chen-yi-ting": lambda each: each.submit_review(chen, body="LGTM 🎉"),
        "merged by chen-yi-ting": lambda each: each.merge(by=chen),
    }
    for pull_request, (what, act) in zip(list(idle)[:-1], verbs.items(), strict=False):
        act(pull_request)
        changes.append(Change(pull_request.number, what))
    return changes


def lose_access(world: World) -> str:
    """Hide one tracked repository from the sample token, as when access is taken away; its name."""
    visible = {each.full_name for each in world.repositories.values()}
    world.tokens[SAMPLE_TOKEN].sees = visible - {LOST}
    return LOST
