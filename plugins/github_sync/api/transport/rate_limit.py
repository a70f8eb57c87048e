"""What is left of GitHub's hourly quota, and the reserve that others need."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from github_sync.api.transport.headers import concerns_graphql, number, remaining, seconds_to_reset
from github_sync.errors import RateLimited

LARGEST_RESERVE_SHARE = 10
"""The reserve is at most this part of the quota."""


class RateLimit:
    """The quota of one connection, as of the last answer.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api

    :param reserve: points left to others who use the same credentials
    """

    def __init__(self, reserve: int = 0) -> None:
        self.reserve = reserve
        self.remaining: int | None = None
        self._limit = 0
        self._resets_at = 0.0

    @property
    def ours(self) -> int | None:
        """What is left for us; None before the first answer."""
        return None if self.remaining is None else max(0, self.remaining - self._reserved)

    @property
    def _reserved(self) -> int:
        return min(self.reserve, self._limit // LARGEST_RESERVE_SHARE)

    def note(self, headers: Mapping[str, Any]) -> None:
        """Read an answer's headers (lower-case names); REST has a quota of its own."""
        if not concerns_graphql(headers):
            return
        left = remaining(headers)
        if left is None:
            return
        self.remaining = left
        self._limit = int(number(headers, "x-ratelimit-limit") or 0)
        self._resets_at = time.monotonic() + (seconds_to_reset(headers) or 0.0)

    def check(self, about: str) -> None:
        """Call it before each query.

        :param about: the query's subject, for the message
        :raises RateLimited: no more than the reserve is left until the reset
        """
        wait = self._resets_at - time.monotonic()
        if self._reserved and self.ours == 0 and wait > 0:
            raise RateLimited(
                f"{about}: {self.remaining} points of GitHub's rate limit are left. They are "
                "reserved for others (GITHUB_SYNC_QUOTA_RESERVE).",
                retry_after=wait,
            )
