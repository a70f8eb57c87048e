"""Whatever happens to GitHub and to the syncs: one more, and the tables equal GitHub's state."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fixtures.syncing import Syncing
from tests.sync.history_machine import AnyHistory

EXAMPLES = os.environ.get("GITHUB_SYNC_TEST_EXAMPLES")
"""How many histories to try, found at random; without it the same 60 each time."""

PROFILE = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    stateful_step_count=20,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(0 if EXAMPLES else 300)
def test_any_history_of_changes_and_syncs_ends_equal(syncing: Syncing) -> None:
    # With pages of 3 a handful of pull requests fills many. The overlap is for what GitHub shows
    # late; without it nothing may be missed either.
    syncing.settings = replace(syncing.settings, page_size=3, overlap_seconds=0)

    run_state_machine_as_test(lambda: AnyHistory(syncing), settings=PROFILE)
