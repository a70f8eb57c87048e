"""What the histories have been through, counted."""

from __future__ import annotations

from collections import Counter


class Tally(Counter[str]):
    """How often each thing happened: examples, syncs, kills, faults, ..."""
