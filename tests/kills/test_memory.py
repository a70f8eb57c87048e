"""A long history needs no more memory than a short one: pages are stored, not collected."""

from __future__ import annotations

from datetime import timedelta

from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.kills.conftest import Children

MEGABYTE = 1_000_000
MARGIN = 25 * MEGABYTE
BODY = "Why, what and how. " * 2_500
"""So that a history five times as long weighs 57 megabytes more."""


def test_five_times_the_history_takes_as_much_memory(syncing: Syncing, children: Children) -> None:
    short, long = peak(syncing, children, 300), peak(syncing, children, 1_500)

    assert (1_500 - 300) * len(BODY) > 2 * MARGIN, "else nothing would be seen"
    assert long - short < MARGIN, f"{short / MEGABYTE:.0f} MB, then {long / MEGABYTE:.0f} MB"


def peak(syncing: Syncing, children: Children, size: int) -> int:
    """The most bytes that a process had which synced so many pull requests."""
    repository = syncing.world.repository(f"acme/history-{size}")
    for number in range(size):
        opened = START - timedelta(minutes=number + 1)
        repository.pull_request(f"feat: {number}", body=BODY, created_at=opened)
    ran = children.run(syncing.track(repository))
    assert ran["result"]["prs_synced"] == size
    assert ran["result"]["requests"] == size / 100
    return int(ran["peak"])
