"""What an operator changes in a repository's row while it is being synced is not undone."""

from __future__ import annotations

from typing import Any

import pytest

from github_server import Fault, World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history

EARLIER = "2020-01-01 00:00:00+00"


CHANGES: dict[str, dict[str, Any]] = {
    "is_active = false": {"is_active": False},
    "github_conn_id = 'github_other'": {"github_conn_id": "github_other"},
    "last_sync_at = null": {"last_sync_at": None},
}
CASES = [
    (change, is_first)
    for change in CHANGES
    for is_first in (True, False)
    if not (is_first and change == "last_sync_at = null")  # it is null before the first sync
]


@pytest.mark.parametrize(("change", "is_first"), CASES)
def test_it_is_kept(world: World, syncing: Syncing, change: str, is_first: bool) -> None:
    kept = CHANGES[change]
    api = with_history(world, pull_requests=150)
    repository_id = syncing.track(api)
    if not is_first:
        syncing.sync(repository_id)
        world.clock.advance(DAY)

    def meddle() -> None:
        syncing.database.rows(f"update github.tracked_repositories set {change}")

    world.faults.add(Fault(before_answer=meddle, times=1))

    assert syncing.sync(repository_id)["status"] == "complete"

    row = syncing.tracked(repository_id)
    assert {name: row[name] for name in kept} == kept
    syncing.assert_equal(api)


def test_an_earlier_watermark_means_what_it_says(world: World, syncing: Syncing) -> None:
    """As when someone wants a window read again, and the daily run is under way."""
    api = with_history(world, pull_requests=30)
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    change = f"update github.tracked_repositories set last_sync_at = '{EARLIER}'"
    world.faults.add(Fault(before_answer=lambda: syncing.database.rows(change), times=1))
    syncing.sync(repository_id)

    assert syncing.sync(repository_id)["prs_synced"] == 30

    assert syncing.last_sync_at(repository_id).year == world.now().year
