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
    "failing": State("Failing", "bad", "the last run failed"),
    "retrying": State("Retrying", "warn", "a try failed or was killed; Airflow retries"),
    "incomplete": State("Incomplete", "warn", "synced, but with failures or differences"),
    "waiting": State("Waiting", "busy", "for GitHub's rate limit"),
    "syncing": State("Syncing", "busy", "right now"),
    "never_synced": State("Never synced", "quiet", "the next run syncs it"),
    "complete": State("Complete", "good", "matches GitHub as of its last sync"),
    "paused": State("Paused", "quiet", "skipped until it is resumed"),
}
