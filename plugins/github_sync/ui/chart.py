"""A small bar chart of one number over a repository's attempts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ATTEMPTS = 30
"""The largest number of bars in a chart."""
HEIGHT = 48
BAR = 8
GAP = 3
WIDTH = ATTEMPTS * (BAR + GAP)


@dataclass(frozen=True)
class Bar:
    """One attempt; sizes in the chart's own units, from the top left."""

    x: int
    y: float
    height: float
    status: str
    value: float
    started_at: Any


@dataclass(frozen=True)
class Chart:
    """The bars, the oldest attempt first."""

    title: str
    highest: float
    bars: list[Bar]


def make_chart(title: str, attempts: Sequence[dict[str, Any]], column: str) -> Chart:
    """The chart of one column of the attempts.

    :param attempts: at most ATTEMPTS rows of sync_attempts, the newest first; skipped ones are
        left out
    """
    shown = [attempt for attempt in reversed(attempts) if attempt["status"] != "skipped"]
    values = [float(attempt[column] or 0) for attempt in shown]
    highest = max(values, default=0)
    bars = []
    for index, (attempt, value) in enumerate(zip(shown, values, strict=True)):
        height = max(1.0, value / highest * HEIGHT) if highest else 1.0
        x = index * (BAR + GAP)
        bars.append(
            Bar(x, HEIGHT - height, height, attempt["status"], value, attempt["started_at"])
        )
    return Chart(title, highest, bars)
