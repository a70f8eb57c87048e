"""GitHub's own clock, which need not agree with ours."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """A clock that stands still at `start` until advanced, or runs with real time without one."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = None if start is None else utc(start)
        self._offset = timedelta()

    def now(self) -> datetime:
        """The time, in UTC."""
        return (self._start or datetime.now(timezone.utc)) + self._offset

    __call__ = now

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, for a clock that was set right)."""
        self._offset += timedelta(seconds=seconds)


def utc(moment: datetime) -> datetime:
    """The same moment as GitHub keeps it: in UTC, in whole seconds; a naive one is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: GitHub's times are in UTC")
    return moment.astimezone(timezone.utc).replace(microsecond=0)


def utc_or_none(moment: datetime | None) -> datetime | None:
    """`utc` for times that may be unknown."""
    return None if moment is None else utc(moment)


def iso_format(moment: datetime) -> str:
    """A time as GitHub writes it: UTC, whole seconds, a Z."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def iso_format_or_none(moment: datetime | None) -> str | None:
    """`iso_format` for times that may be unknown."""
    return None if moment is None else iso_format(moment)
