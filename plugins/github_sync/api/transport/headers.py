"""Reads the headers of GitHub's answers, also as proxies on the way change them.

A proxy may add a second ``Date``, write it with ``-0000``, or repeat the rate limit's headers.
requests joins headers of one name with a comma.

https://www.rfc-editor.org/rfc/rfc9110#section-5.2
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

Headers = Mapping[str, Any]
"""By lower-case names."""

LONGEST_WAIT_SECONDS = 2 * 60 * 60.0
"""GitHub's rate limits are counted by the hour. A header that asks for more is not believed."""

BETWEEN_DATES = re.compile(r",\s*(?=[A-Za-z]{3,9},?\s)")
NUMBER = re.compile(r"\s*(-?\d{1,30}(?:\.\d{1,9})?)\s*")
MILLISECONDS_FROM = 100_000_000_000
"""A time since 1970 beyond this, the year 5138 in seconds, is in milliseconds."""


def github_time(headers: Headers) -> datetime | None:
    """GitHub's time when it answered (UTC), or None if it sent none that can be read.

    Of several, it is the earliest: what changed after it is read again, so that a later one could
    lose changes.

    https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
    """
    times = (_moment(text) for text in BETWEEN_DATES.split(str(headers.get("date") or "")))
    return min((each for each in times if each), default=None)


def number(headers: Headers, name: str) -> float | None:
    """The header's number; of several the smallest; None if there is none that can be read."""
    read = (NUMBER.fullmatch(text) for text in str(headers.get(name, "")).split(","))
    return min((float(each[1]) for each in read if each), default=None)


def concerns_graphql(headers: Headers) -> bool:
    """Whether the rate limit's headers are about GraphQL; REST has a limit of its own."""
    resources = str(headers.get("x-ratelimit-resource", "graphql")).split(",")
    return all(resource.strip() == "graphql" for resource in resources)


def remaining(headers: Headers) -> int | None:
    """What is left of the rate limit; None if GitHub does not say.

    https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
    """
    left = number(headers, "x-ratelimit-remaining")
    return None if left is None or left < 0 else int(left)


def resets_at(headers: Headers) -> datetime | None:
    """When the rate limit is reset (UTC), by GitHub's clock; None if GitHub does not say."""
    seconds = number(headers, "x-ratelimit-reset")
    if seconds is None or seconds < 0:
        return None
    if seconds >= MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    except OverflowError:
        return None


def seconds_to_reset(headers: Headers) -> float | None:
    """Until the rate limit is reset, by GitHub's clock; None if GitHub does not say.

    :returns: from 1 to :data:`LONGEST_WAIT_SECONDS`
    """
    reset = resets_at(headers)
    return None if reset is None else min(_until(reset, headers) + 1, LONGEST_WAIT_SECONDS)


def seconds_to_retry(headers: Headers) -> float | None:
    """What ``Retry-After`` asks for, in seconds or as a date; None if it asks for nothing clear.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3

    :returns: from 0 to :data:`LONGEST_WAIT_SECONDS`
    """
    seconds = number(headers, "retry-after")
    if seconds is None:
        moment = _moment(str(headers.get("retry-after") or ""))
        seconds = _until(moment, headers) if moment else None
        if not seconds:
            return None
    return None if seconds < 0 else min(seconds, LONGEST_WAIT_SECONDS)


def _until(moment: datetime, headers: Headers) -> float:
    now = github_time(headers)
    return max(0.0, moment.timestamp() - (now.timestamp() if now else time.time()))


def _moment(text: str) -> datetime | None:
    """HTTP's dates are UTC, also those without a zone and with ``-0000``."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
