"""How far a scan is, and how long the rest may take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Progress:
    """One scan of a repository's pull requests.

    :param read: how many it has read, in all attempts
    :param total: how many it has to read; None if that is not known
    :param read_now: how many of them this attempt read
    :param seconds: how long this attempt has been reading
    """

    read: int
    total: int | None = None
    read_now: int = 0
    seconds: float = 0

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None if the total is not known."""
        return min(1.0, self.read / self.total) if self.total else None

    @property
    def seconds_left(self) -> float | None:
        """At this attempt's pace; None if that, or the total, is not known."""
        if self.total is None or not self.read_now:
            return None
        return max(0, self.total - self.read) * self.seconds / self.read_now

    def __str__(self) -> str:
        """Such as ``1,200 of 8,345 read, about 3 min to go``."""
        if self.total is None:
            return f"{self.read:,} read"
        left = self.seconds_left
        rest = f", about {in_words(left)} to go" if left else ""
        return f"{self.read:,} of {self.total:,} read{rest}"


@dataclass(frozen=True)
class Pace:
    """When an attempt started to read, and where.

    :param read_before: how many pull requests earlier attempts had read
    """

    read_before: int
    began_at: float = field(default_factory=time.monotonic)

    def progress(self, read: int, total: int | None) -> Progress:
        """How far it is now."""
        return Progress(read, total, read - self.read_before, time.monotonic() - self.began_at)


def in_words(seconds: float) -> str:
    """A duration for people: ``40 s``, ``3 min``, ``2.5 h``, ``4 days``."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 48 * HOUR:
        return f"{seconds / HOUR:.1f} h"
    return f"{seconds / HOUR / 24:.0f} days"
