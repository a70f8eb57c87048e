"""A review is marked deleted on GitHub's word only, and GitHub is asked until it has given it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from github_server import Fault, FaultSource, World
from github_server.exchange import ReceivedRequest
from github_sync.errors import SyncError
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history


class Undecided(FaultSource):
    """GitHub cannot look the nodes up, each time it is asked, until the test lets it."""

    def __init__(self) -> None:
        self.is_over = False

    def faults_for(self, call: ReceivedRequest) -> list[Fault]:
        if self.is_over or call.operation != "ExistingReviews":
            return []
        ids = call.variables["ids"]
        return [Fault(body={"data": {"nodes": [None] * len(ids)}, "errors": errors(len(ids))})]


def errors(count: int) -> list[dict[str, Any]]:
    return [
        {"type": "INTERNAL", "path": ["nodes", index], "message": "Something went wrong"}
        for index in range(count)
    ]


def deleted(syncing: Syncing) -> list[int]:
    rows = syncing.database.rows(
        "select github_review_id from github.pull_request_reviews "
        "where deleted_at is not null order by 1"
    )
    return [row["github_review_id"] for row in rows]


@pytest.mark.timeout(60)
def test_one_that_github_cannot_look_up_is_asked_for_again(world: World, syncing: Syncing) -> None:
    api = with_history(world, reviews=2)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    gone = api.pull_requests[1].reviews[0]
    api.pull_requests[1].delete_review(gone)
    world.clock.advance(3600)
    undecided = Undecided()
    world.faults.add_source(undecided)
    with suppress(SyncError):  # as good as waiting
        syncing.sync(repository_id)
    assert deleted(syncing) == []
    undecided.is_over = True
    world.clock.advance(DAY)

    syncing.sync(repository_id)

    assert deleted(syncing) == [gone.database_id]
    syncing.assert_equal(api)


def test_one_beyond_the_overlap(world: World, syncing: Syncing) -> None:
    """Its pull request is not read again, so it must have been settled when it was."""
    api = with_history(world, pull_requests=3, reviews=1)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    pull_request = api.pull_requests[2]
    [gone] = pull_request.reviews
    pull_request.delete_review(gone)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    world.request_log.clear()

    syncing.sync(repository_id)

    assert deleted(syncing) == [gone.database_id]
    assert world.requests_of("ExistingReviews") == []
