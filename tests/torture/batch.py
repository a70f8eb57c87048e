"""So many random histories in one world, on one database."""

from __future__ import annotations

import itertools

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.fixtures.syncing import Syncing
from tests.torture.histories import AnyHistory
from tests.torture.tally import Tally

STEPS = 16
"""What happens in one history, at most."""


def try_histories(syncing: Syncing, tally: Tally, examples: int, seed: int | None = None) -> None:
    """Raise the failure of the simplest history found that ends in a difference or an untruth.

    :param seed: for other histories than the same ones each time
    """
    # With pages of 3 a handful of pull requests fills many. The overlap is for what GitHub shows
    # late; without it nothing may be missed either.
    syncing.settings = syncing.settings.model_copy(update={"page_size": 3, "overlap_seconds": 0})
    names = itertools.count(1)

    def history() -> AnyHistory:
        return AnyHistory(syncing, tally, names)

    profile = hypothesis.settings(
        max_examples=examples,
        derandomize=seed is None,
        database=None,
        deadline=None,
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    machine = history if seed is None else hypothesis.seed(seed)(history)
    run_state_machine_as_test(machine, settings=profile)
