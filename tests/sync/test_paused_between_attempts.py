"""A repository that is paused between two attempts must not stay "syncing" for ever."""

from __future__ import annotations

import pytest

from github_server import ALWAYS, Fault, World
from github_server import known_faults as known
from github_sync.errors import RateLimited, TransientError
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history


def pause(syncing: Syncing, repository_id: int) -> None:
    syncing.database.rows(
        "update github.tracked_repositories set is_active = false where repository_id = %(id)s",
        id=repository_id,
    )


@pytest.mark.parametrize(("was_synced", "status"), [(False, "pending"), (True, "complete")])
def test_while_it_waits_for_the_rate_limit(
    world: World, syncing: Syncing, was_synced: bool, status: str
) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=1))
    if was_synced:
        syncing.sync(repository_id)
    world.faults.add(known.secondary_limit())
    with pytest.raises(RateLimited):
        syncing.sync(repository_id, run_id="nightly")
    pause(syncing, repository_id)

    result = syncing.sync(repository_id, run_id="nightly")

    assert result["skipped"] is True
    assert syncing.tracked(repository_id)["sync_status"] == status


def test_between_two_tries(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world, pull_requests=1))
    fault = world.faults.add(Fault(drop=True, times=ALWAYS))
    with pytest.raises(TransientError):
        syncing.sync(repository_id, run_id="nightly", is_last_try=False)
    assert syncing.tracked(repository_id)["sync_status"] == "syncing"
    pause(syncing, repository_id)
    world.faults.remove(fault)

    syncing.sync(repository_id, run_id="nightly", try_number=2)

    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "error"
    assert "no proper answer" in row["last_sync_error"]
