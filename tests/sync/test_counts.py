"""What is good to know, but not asked for its own sake, may be missing: all else is stored."""

from __future__ import annotations

import pytest

from github_server import Fault, Repository, World
from github_server import known_faults as known
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, with_history


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=130, reviews=1)


@pytest.mark.parametrize("kind", ["FORBIDDEN", "INTERNAL", ""])
@pytest.mark.parametrize(
    "names",
    [("open",), ("closed", "totalCount"), ("merged",), ("pullRequests", "totalCount")],
    ids=".".join,
)
def test_a_count_that_is_null(
    world: World, syncing: Syncing, api: Repository, names: tuple[str, ...], kind: str
) -> None:
    fault = world.faults.add(known.refused_field(*names, kind=kind, message="Cannot count."))
    repository_id = syncing.track(api)

    result = syncing.sync(repository_id)

    assert (result["status"], result["prs_synced"]) == ("complete", 130)
    assert result["refused_fields"] == {"counts": "Cannot count."}
    tracked = syncing.tracked(repository_id)
    if names[0] != "pullRequests":
        assert (tracked["counted_at"], tracked["has_drift"]) == (None, None)
        assert "drift is unknown" in tracked["last_sync_error"]
    syncing.assert_equal(api)
    world.faults.remove(fault)
    world.clock.advance(DAY)
    syncing.sync(repository_id)
    tracked = syncing.tracked(repository_id)
    assert (tracked["last_sync_error"], tracked["has_drift"]) == (None, False)


def test_counting_is_too_heavy_at_any_page_size(
    world: World, syncing: Syncing, api: Repository
) -> None:
    fault = world.faults.add(known.too_heavy_to_count())
    repository_id = syncing.track(api)

    first = syncing.sync(repository_id)

    assert (first["status"], first["prs_synced"], first["errors"]) == ("complete", 130, [])
    assert "502" in first["refused_fields"]["counts"]
    assert syncing.tracked(repository_id)["page_size"] == 100
    assert "drift is unknown" in syncing.tracked(repository_id)["last_sync_error"]
    syncing.assert_equal(api)
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["requests"] == 2, "with them once, then without"
    world.faults.remove(fault)
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["requests"] == 1
    tracked = syncing.tracked(repository_id)
    assert (tracked["refused_fields"], tracked["has_drift"]) == ({}, False)
    assert tracked["last_sync_error"] is None


@pytest.mark.parametrize("times", [1, 3, 10])
def test_an_outage_is_not_taken_for_counts_that_are_too_heavy_for_long(
    world: World, syncing: Syncing, api: Repository, times: int
) -> None:
    """The last of these ends just before the page is asked for without them."""
    world.faults.add(Fault(status=502, times=times))
    repository_id = syncing.track(api)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    world.clock.advance(DAY)
    assert syncing.sync(repository_id)["requests"] == 1
    assert syncing.tracked(repository_id)["refused_fields"] == {}
    assert syncing.tracked(repository_id)["has_drift"] is False


@pytest.mark.parametrize(
    "names", [("sample",), ("sample", "id"), ("newest",), ("hasIssuesEnabled",)]
)
@pytest.mark.parametrize("kind", ["FORBIDDEN", "INTERNAL", "NOT_FOUND"])
def test_anything_else_that_is_good_to_know(
    world: World, syncing: Syncing, api: Repository, names: tuple[str, ...], kind: str
) -> None:
    repository_id = syncing.track(api)
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    api.pull_requests[7].update(title="changed")
    world.faults.add(known.refused_field(*names, kind=kind, message="Not now."))

    result = syncing.sync(repository_id)

    assert (result["status"], result["prs_synced"]) == ("complete", 1)
    rows = syncing.database.rows(
        "select number from github.pull_requests where deleted_at is not null"
    )
    assert rows == []
    world.faults.clear()
    syncing.sync(repository_id)
    syncing.assert_equal(api)
