"""A full resync that breaks off while it catches up is resumed in its own run."""

from __future__ import annotations

import pytest

from github_server import ALWAYS, World
from github_sync.errors import GitHubUnavailable
from tests.fixtures.syncing import Syncing
from tests.sync.histories import newest, outage, with_history


def test_it_goes_on_with_catching_up(world: World, syncing: Syncing) -> None:
    api = with_history(world, pull_requests=350)
    repository_id = syncing.track(api)
    resync = {"run_id": "resync", "full_resync": True}
    break_off(syncing, repository_id, 1, resync)
    world.clock.advance(3600)
    for pull_request in newest(api, 150):
        pull_request.update(title="changed in between")
    break_off(syncing, repository_id, 3, resync)
    world.request_log.clear()

    result = syncing.sync(repository_id, **resync)

    # The history's two further pages and the first of two that catch up are stored by now. The
    # clock stands still, so those 150 may have changed since: their two pages are read again.
    assert result["requests"] == 1 + 2
    assert result["mode"] == "incremental"
    syncing.assert_equal(api)


def break_off(syncing: Syncing, repository_id: int, pages: int, order: dict[str, object]) -> None:
    fault = syncing.world.faults.add(outage(ALWAYS, skip=pages))
    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id, **order)
    syncing.world.faults.remove(fault)
