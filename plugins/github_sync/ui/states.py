"""How a repository's states (``repository_overview.state``) are shown, the worst first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """How a state is shown.

    :param tone: its CSS class: bad, warn, busy, good or quiet
    """

    label: str
    tone: str
    meaning: str


STATES = {
    "failing": State("Failing", "bad", "the last run failed"),
    "retrying": State("Retrying", "warn", "an attempt failed or was killed; Airflow retries it"),
    "incomplete": State("Incomplete", "warn", "synced, but with failures or differences"),
    "waiting": State("Waiting", "busy", "until GitHub's rate limit resets"),
    "syncing": State("Syncing", "busy", "a sync is running"),
    "never_synced": State("Never synced", "quiet", "the next run syncs it"),
    "complete": State("Complete", "good", "matches GitHub as of its last sync"),
    "paused": State("Paused", "quiet", "skipped until it is resumed"),
}
