"""A worker dies in the middle of a sync; the next attempt goes on, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from github_server import Fault, Repository
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.kills.conftest import Children

SIZE = 250
PAGES = 3
OPERATION = "ChangedPullRequests"
AN_HOUR = 3600


@pytest.fixture
def api(syncing: Syncing) -> Repository:
    """A history of three pages, the last change a day ago."""
    api = syncing.world.repository("acme/api")
    alice, bob = syncing.world.user("alice"), syncing.world.user("bob")
    for number in range(1, SIZE + 1):
        opened = START - timedelta(days=number)
        api.pull_request(f"feat: {number}", author=alice, created_at=opened).review(author=bob)
    return api


@pytest.mark.parametrize(
    ("page", "moment"),
    [(1, "before_answer"), (2, "before_answer"), (2, "before_sending"), (3, "before_answer")],
)
def test_killed_while_github_answers(
    page: int, moment: str, api: Repository, children: Children
) -> None:
    """The page's number is also the number of the attempt's request."""
    syncing = children.syncing
    repository_id = syncing.track(api)

    def die() -> None:
        children.kill()
        syncing.world.clock.advance(AN_HOUR)

    syncing.world.faults.add(Fault(operation=OPERATION, skip=page - 1, **{moment: die}))
    assert children.start(repository_id).wait(timeout=60) < 0

    children.wait_until_postgres_noticed()
    assert syncing.state(repository_id) == "retrying", "it is no longer being synced"
    assert_left(syncing, repository_id, stored=(page - 1) * 100)
    assert_finished_by_the_next(children, repository_id, api, resumed=page > 1)


@pytest.mark.parametrize(
    ("table", "when", "stored"),
    [
        ("users", "true", 0),
        ("tracked_repositories", "new.scan_cursor is not null", 0),
        ("pull_request_reviews", "new.github_review_id % 250 = 150", 100),
        ("sync_attempts", "new.prs_synced = 200", 100),
        ("tracked_repositories", "new.last_sync_at is not null", 200),
        ("tracked_repositories", "new.sync_status = 'complete'", 250),
    ],
)
def test_killed_within_a_transaction(
    table: str, when: str, stored: int, api: Repository, children: Children
) -> None:
    """It stands in a statement; what the transaction had written before is undone."""
    syncing = children.syncing
    repository_id = syncing.track(api)
    children.hold_up(table, when)
    children.start(repository_id)
    children.wait_until_held_up()
    children.kill()
    syncing.world.clock.advance(AN_HOUR)
    children.let_through()

    assert_left(syncing, repository_id, stored=stored)
    children.wait_until_postgres_noticed()
    children.open_the_way()
    assert_finished_by_the_next(children, repository_id, api, resumed=0 < stored < SIZE)


def test_killed_again_and_again(api: Repository, syncing: Syncing, children: Children) -> None:
    """Each attempt stores one page more; a pull request changes each time, and one is new."""
    repository_id = syncing.track(api)
    for page in (1, 2):
        syncing.world.faults.add(Fault(operation=OPERATION, skip=1, before_answer=children.kill))
        assert children.start(repository_id, "one run").wait(timeout=60) < 0
        children.wait_until_postgres_noticed()
        syncing.world.clock.advance(AN_HOUR)
        api.pull_requests[page].update(title=f"hotfix: {page}")
        api.pull_request("feat: new", author=syncing.world.user("carol"))

    syncing.sync(repository_id, run_id="one run")

    syncing.assert_equal(api)
    assert statuses(syncing, repository_id) == ["killed", "killed", "complete"]


def assert_left(syncing: Syncing, repository_id: int, stored: int) -> None:
    """Whole pages, and no claim to be complete."""
    tables = ("pull_requests", "pull_request_reviews")
    counts = [syncing.database.one(f"select count(*) as n from github.{t}")["n"] for t in tables]
    assert counts == [stored, stored]
    tracked = syncing.tracked(repository_id)
    assert tracked["sync_status"] in ("pending", "syncing")
    assert (tracked["last_sync_at"] is not None) == (stored == SIZE)


def assert_finished_by_the_next(
    children: Children, repository_id: int, api: Repository, resumed: bool
) -> None:
    syncing = children.syncing

    result = syncing.sync(repository_id)

    assert not result.get("skipped"), "the dead attempt's lock died with it"
    syncing.assert_equal(api)
    assert statuses(syncing, repository_id)[-1] == "complete"
    assert set(statuses(syncing, repository_id)[:-1]) <= {"killed"}
    asked = Counter(one.variables["after"] for one in syncing.world.requests_of(OPERATION))
    assert len(asked) == PAGES
    assert sum(asked.values()) <= PAGES + 1, "at most one page is asked for twice"
    tracked = syncing.tracked(repository_id)
    assert (tracked["sync_status"], tracked["scan_cursor"]) == ("complete", None)
    began = START if resumed else START + timedelta(seconds=AN_HOUR)
    assert began - timedelta(seconds=5) <= tracked["last_sync_at"] <= began


def statuses(syncing: Syncing, repository_id: int) -> list[str]:
    return [attempt["status"] for attempt in syncing.attempts(repository_id)]
