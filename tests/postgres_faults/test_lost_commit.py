"""The connection is lost during COMMIT: whether Postgres committed or not, the tables match."""

from __future__ import annotations

import itertools

import pytest

from github_server import World
from github_sync.errors import WarehouseUnavailable
from tests.fixtures.syncing import Syncing
from tests.postgres_faults.attempts import attempt_over, stored_counts, wait_until_alone
from tests.postgres_faults.commit_cutter import CommitCutter, Outcome
from tests.sync.histories import with_history

FEWEST = 8
"""Commits of one sync: lock, row, start, two pages, failures, deletions, end, unlocking."""


@pytest.mark.parametrize("outcome", ["committed", "rolled back"])
def test_each_commit_of_a_sync(outcome: Outcome, world: World, syncing: Syncing) -> None:
    for number in itertools.count():
        if not lose_the_commit(number, outcome, world, syncing):
            break
    assert number >= FEWEST


def lose_the_commit(number: int, outcome: Outcome, world: World, syncing: Syncing) -> bool:
    """A sync of a repository of its own; whether it has a commit of this number."""
    repository = with_history(world, f"acme/lost-{number}", pull_requests=110, reviews=1)
    repository_id = syncing.track(repository)
    with CommitCutter(syncing.database, number, outcome) as cutter:
        try:
            attempt_over(syncing, lambda: cutter.conninfo, repository_id)
        except WarehouseUnavailable:
            assert cutter.has_cut
            has_failed = True
        else:
            has_failed = False
    wait_until_alone(syncing.database)
    assert stored_counts(syncing.database, repository_id) in [(0, 0), (100, 100), (110, 110)]
    assert_counted(syncing, repository_id)
    if has_failed:
        assert_reported(syncing, repository_id)
    else:  # at most the lock was being given back: all is stored and recorded
        assert syncing.tracked(repository_id)["sync_status"] == "complete"
    syncing.sync(repository_id)
    syncing.assert_equal(repository)
    assert syncing.attempts(repository_id)[-1]["status"] == "complete"
    assert syncing.tracked(repository_id)["sync_status"] == "complete"
    return cutter.has_cut


def assert_counted(syncing: Syncing, repository_id: int) -> None:
    """The attempt's row says how much is stored."""
    attempts = syncing.attempts(repository_id)
    counted = [(attempt["prs_synced"], attempt["reviews_synced"]) for attempt in attempts]
    assert counted in ([], [stored_counts(syncing.database, repository_id)])


def assert_reported(syncing: Syncing, repository_id: int) -> None:
    """The repository is never complete before its last page is stored; the attempt has failed."""
    row = syncing.tracked(repository_id)
    is_stored = stored_counts(syncing.database, repository_id) == (110, 110)
    assert (row["last_sync_at"] is not None) == is_stored
    for attempt in syncing.attempts(repository_id):
        if attempt["status"] != "running":  # the number of an attempt may be lost with the commit
            assert (attempt["status"], attempt["error_class"]) == ("error", "WarehouseUnavailable")
            assert row["sync_status"] == "error"
            assert row["last_sync_error"] == attempt["error_message"]
