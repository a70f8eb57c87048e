"""What differs between GitHub's counts and the stored pull requests, and what repairs it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATES = ("open", "closed", "merged")


def differences(drift: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """State, GitHub's count and ours, where they differ.

    :param drift: a row of ``runs/find_drift``
    """
    counts = [
        (state, drift[f"github_{state}_prs"], drift[f"stored_{state}_prs"]) for state in STATES
    ]
    return [(state, github, stored) for state, github, stored in counts if github != stored]


def remedy(drift: Mapping[str, Any]) -> str:
    """What to do about it."""
    if drift["prs_failed"]:
        return f"{drift['prs_failed']} could not be stored (sync_failures): that is a part of it."
    if drift["is_all_read"]:
        return (
            "A full scan has just read all that GitHub lists: GitHub counts what it does not list. "
            "If it stays so for days, contact GitHub Support."
        )
    return "full_resync repairs it, unless GitHub counts what it does not list."
