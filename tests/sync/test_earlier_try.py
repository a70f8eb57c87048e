"""A try that finds an earlier try of its own instance running must not step aside."""

from __future__ import annotations

from contextlib import closing

import pytest

from github_server import World
from github_sync.errors import EarlierTryAlive
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import repository_lock
from tests.fixtures.syncing import Syncing


@pytest.mark.parametrize("is_last_try", [False, True])
def test_it_fails_and_is_tried_again(world: World, syncing: Syncing, is_last_try: bool) -> None:
    repository_id = syncing.track(world.repository("acme/api"))
    with (
        closing(syncing.database.warehouse()) as earlier,
        repository_lock(earlier, repository_id),
    ):
        job = syncing.job(repository_id, run_id="nightly", map_index=3)
        Attempt(job).start(earlier)

        with pytest.raises(EarlierTryAlive, match="acme/api"):
            syncing.sync(repository_id, run_id="nightly", map_index=3, is_last_try=is_last_try)

    statuses = [attempt["status"] for attempt in syncing.attempts(repository_id)]
    assert statuses == ["running", "error"]
    assert (syncing.tracked(repository_id)["sync_status"] == "error") is is_last_try


def test_another_run_at_work_is_another_matter(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(world.repository("acme/api"))
    with (
        closing(syncing.database.warehouse()) as earlier,
        repository_lock(earlier, repository_id),
    ):
        job = syncing.job(repository_id, run_id="nightly", map_index=3)
        Attempt(job).start(earlier)

        result = syncing.sync(repository_id, run_id="by hand", map_index=3)

    assert result["skipped"] is True
