"""A repository's states (``repository_overview.state``), the worst first, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """How a state is shown.

    :param tone: which of the page's colours it has: bad, warn, busy, good or quiet
    """

    label: str
    tone: str
    meaning: str


STATES = {
    "failing": State("Failing", "bad", "the last run failed for it"),
    "retrying": State("Retrying", "warn", "a try failed or was killed, another one comes"),
    "incomplete": State("Incomplete", "warn", "synced, but something is missing or differs"),
    "waiting": State("Waiting", "busy", "for GitHub's rate limit"),
    "syncing": State("Syncing", "busy", "at this moment"),
    "never_synced": State("Never synced", "quiet", "the next run brings it"),
    "complete": State("Complete", "good", "equal to GitHub as of its last sync"),
    "paused": State("Paused", "quiet", "left out until it is resumed"),
}
