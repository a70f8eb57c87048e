"""A sync that breaks off goes on from the last page it stored, and nothing is lost in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync.errors import GitHubUnavailable, SyncError
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import DAY, is_later_page, newest, outage, with_history

PAGES = 3
INVALID_CURSOR = {"type": "INVALID_CURSOR_ARGUMENTS", "message": "That cursor is not valid."}


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=100 * PAGES - 50)


@pytest.fixture
def repository_id(api: Repository, syncing: Syncing) -> int:
    return syncing.track(api)


def break_off(syncing: Syncing, repository_id: int, after_pages: int, **fields: Any) -> None:
    """A sync whose GitHub goes away behind this many pages."""
    fault = syncing.world.faults.add(outage(ALWAYS, skip=after_pages))
    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id, **fields)
    syncing.world.faults.remove(fault)
    syncing.world.request_log.clear()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=502, skip=2, times=ALWAYS),
        Fault(drop=True, skip=2, times=ALWAYS),
        Fault(truncate=True, skip=2, times=ALWAYS),
    ],
    ids=["bad gateway", "dropped connection", "truncated answer"],
)
def test_a_first_sync_goes_on_behind_its_last_stored_page(
    world: World, syncing: Syncing, api: Repository, repository_id: int, fault: Fault
) -> None:
    world.faults.add(fault)
    with pytest.raises(GitHubUnavailable):
        syncing.sync(repository_id)
    world.faults.clear()
    world.clock.advance(3600)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert result["requests"] == PAGES - 2
    assert (result["mode"], result["prs_synced"]) == ("full", 50)
    first, second = syncing.attempts(repository_id)
    assert (first["status"], first["prs_synced"]) == ("error", 200)
    assert (second["status"], second["prs_synced"]) == ("complete", 50)


def test_the_watermark_is_the_start_of_the_first_attempts_first_page(
    world: World, syncing: Syncing, repository_id: int
) -> None:
    break_off(syncing, repository_id, after_pages=1)
    assert syncing.last_sync_at(repository_id) is None
    world.clock.advance(DAY)

    syncing.sync(repository_id)

    last_sync_at = syncing.last_sync_at(repository_id)
    assert last_sync_at
    assert START - timedelta(seconds=10) <= last_sync_at <= START


def test_what_changed_in_between_is_caught_up_at_once(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    in_order = newest(api, 250)
    break_off(syncing, repository_id, after_pages=2)
    world.clock.advance(3600)
    for pull_request in (in_order[0], in_order[150], in_order[240]):
        pull_request.submit_review(world.user("carol"), "CHANGES_REQUESTED")
    api.pull_request("opened in between", author=world.user("alice"))

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert result["requests"] == PAGES - 2 + 1
    last_sync_at = syncing.last_sync_at(repository_id)
    assert last_sync_at
    assert world.now() - timedelta(seconds=10) <= last_sync_at <= world.now()


def test_catching_up_may_break_off_too(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    break_off(syncing, repository_id, after_pages=1)
    world.clock.advance(3600)
    for pull_request in newest(api, 220):
        pull_request.update(title="changed in between")
    break_off(syncing, repository_id, after_pages=2)
    newest(api, 250)[-1].update(title="changed again")

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_an_incremental_sync_goes_on_with_its_own_window(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    world.clock.advance(DAY)
    for pull_request in newest(api, 220):
        pull_request.update(title="changed")
    world.clock.advance(60)
    break_off(syncing, repository_id, after_pages=1)
    world.clock.advance(DAY)

    result = syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert (result["mode"], result["requests"]) == ("incremental", 2)


def test_a_full_resync_goes_on_within_its_run(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    break_off(syncing, repository_id, after_pages=2, full_resync=True, run_id="resync")

    result = syncing.sync(repository_id, full_resync=True, run_id="resync", try_number=2)

    assert (result["mode"], result["requests"]) == ("full", PAGES - 2)
    syncing.assert_equal(api)


def test_a_full_resync_begins_anew_in_another_run(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    break_off(syncing, repository_id, after_pages=2)

    result = syncing.sync(repository_id, full_resync=True, run_id="resync")

    assert (result["mode"], result["requests"], result["prs_synced"]) == ("full", PAGES, 250)
    syncing.assert_equal(api)


def test_the_next_daily_run_finishes_a_full_resync(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    syncing.sync(repository_id)
    break_off(syncing, repository_id, after_pages=2, full_resync=True)
    world.clock.advance(DAY)
    newest(api, 250)[-1].update(title="changed in between")

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert (syncing.last_sync_at(repository_id) or START) > START


def test_a_cursor_that_github_refuses_means_from_the_start(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    break_off(syncing, repository_id, after_pages=2)
    world.clock.advance(3600)
    refused = Fault(
        operation="ChangedPullRequests", variables=is_later_page, graphql_errors=[INVALID_CURSOR]
    )
    world.faults.add(refused)

    result = syncing.sync(repository_id)

    assert refused.times_used == 1
    assert (result["requests"], result["prs_synced"]) == (1 + PAGES, 250)
    syncing.assert_equal(api)
    last_sync_at = syncing.last_sync_at(repository_id)
    assert last_sync_at
    assert world.now() - timedelta(seconds=10) <= last_sync_at <= world.now()


def test_a_cursor_that_github_really_refuses(
    syncing: Syncing, api: Repository, repository_id: int
) -> None:
    break_off(syncing, repository_id, after_pages=2)
    syncing.database.rows("update github.tracked_repositories set scan_cursor = 'bm9uc2Vuc2U='")

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_a_repository_that_vanishes_between_pages_keeps_its_pages(
    world: World, syncing: Syncing, api: Repository, repository_id: int
) -> None:
    world.faults.add(Fault(before_answer=lambda: world.delete_repository(api), skip=1, times=1))

    with pytest.raises(SyncError):
        syncing.sync(repository_id)

    row = syncing.tracked(repository_id)
    assert (row["sync_status"], row["last_sync_at"]) == ("error", None)
    stored = syncing.database.rows("select deleted_at from github.pull_requests")
    assert len(stored) == 100
    assert {one["deleted_at"] for one in stored} == {None}
