"""A pull request that cannot be stored for days becomes an error."""

from __future__ import annotations

import pytest

from github_server import World
from github_sync.errors import PullRequestsFailing
from tests.fixtures.syncing import Syncing
from tests.sync.failures import fail, recorded_failures
from tests.sync.histories import with_history

AGE = "update github.sync_failures set first_failed_at = now() - make_interval(days => %(days)s)"


@pytest.fixture
def repository_id(world: World, syncing: Syncing) -> int:
    """Synced, but for two pull requests."""
    repository_id = syncing.track(with_history(world, pull_requests=5))
    fail(world, 2, 4)
    syncing.sync(repository_id)
    return repository_id


def test_a_young_one_leaves_the_sync_complete(syncing: Syncing, repository_id: int) -> None:
    syncing.database.rows(AGE, days=6)

    assert syncing.sync(repository_id)["status"] == "complete with 2 failures"

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["prs_failed"]) == ("complete", 2)
    assert row["last_sync_error"].startswith("Complete with 2 failures: #2, #4 could not be")
    [*_, attempt] = syncing.attempts(repository_id)
    assert attempt["error_message"] == row["last_sync_error"]


def test_an_old_one_fails_it_though_all_else_is_stored(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    syncing.database.rows(AGE, days=8)
    syncing.database.rows("update github.tracked_repositories set prs_failed = 0")
    world.clock.advance(86400)
    api = world.repositories["acme/api"]
    new = api.pull_request("feat: new")

    with pytest.raises(
        PullRequestsFailing, match=r"#2, #4 could not be stored for more than 7 days"
    ):
        syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["prs_failed"]) == ("error", 2)
    assert "GITHUB_SYNC_MAX_FAILURE_DAYS" in row["last_sync_error"]
    assert row["last_sync_at"].date() == world.now().date(), "the watermark moved all the same"
    stored = syncing.database.rows("select number from github.pull_requests")
    assert new.number in {one["number"] for one in stored}

    syncing.settings = syncing.settings.model_copy(update={"max_failure_days": 30})
    assert syncing.sync(repository_id)["status"] == "complete with 2 failures"
    world.faults.clear()
    assert syncing.sync(repository_id)["status"] == "complete"
    assert recorded_failures(syncing) == []


def test_none_at_all_may_be_allowed(syncing: Syncing, repository_id: int) -> None:
    syncing.settings = syncing.settings.model_copy(update={"max_failure_days": 0})

    with pytest.raises(PullRequestsFailing):
        syncing.sync(repository_id)
