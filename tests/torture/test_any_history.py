"""Whatever happens to GitHub and to the syncs: one more, and the tables equal GitHub's state.

``make torture`` tries thousands, found at random; here the same hundreds each time.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.fixtures.syncing import Syncing
from tests.torture.batch import try_histories
from tests.torture.tally import Tally

SEED_VARIABLE = "GITHUB_SYNC_TORTURE_SEED"
EXAMPLES_VARIABLE = "GITHUB_SYNC_TORTURE_EXAMPLES"
TALLY_VARIABLE = "GITHUB_SYNC_TORTURE_TALLY"
EXAMPLES = int(os.environ.get(EXAMPLES_VARIABLE, "60"))


@pytest.mark.timeout(0 if SEED_VARIABLE in os.environ else 600)
def test_any_history_ends_equal_and_is_reported_truly(syncing: Syncing) -> None:
    seed = os.environ.get(SEED_VARIABLE)
    tally = Tally()
    try:
        try_histories(syncing, tally, EXAMPLES, int(seed) if seed else None)
    finally:
        if file := os.environ.get(TALLY_VARIABLE):
            Path(file).write_text(json.dumps(tally), encoding="utf-8")

    assert tally["examples"] >= EXAMPLES
    assert tally["kills"] > EXAMPLES / 25, "else hardly any was killed"
    assert tally["faults"] > EXAMPLES / 5
