"""The first sync reads the whole history."""

from __future__ import annotations

from datetime import timedelta

from github_server import World
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing


def test_stores_everything_and_moves_the_watermark(world: World, syncing: Syncing) -> None:
    api = world.repository("acme/api")
    for number in range(1, 251):
        pull_request = api.pull_request(
            f"feat: {number}", author=world.user("alice"), created_at=START - timedelta(days=number)
        )
        pull_request.review(author=world.user("bob"))
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert result["mode"] == "full"
    assert (result["prs_synced"], result["reviews_synced"]) == (250, 250)
    assert result["requests"] == world.requests == 3
    assert result["errors"] == []
    row = syncing.tracked(repository_id)
    assert row["sync_status"] == "complete"
    assert START - timedelta(seconds=5) <= row["last_sync_at"] <= START
