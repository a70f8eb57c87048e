"""What GitHub's GraphQL API sends, read value by value. Pure functions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from github_sync.redaction import UNSTORABLE

GREATEST_INT = 2**31 - 1
"""https://spec.graphql.org/October2021/#sec-Int"""

Node = dict[str, Any]
"""An object of GitHub's answer."""
Row = dict[str, Any]
"""A row of a table, by column."""


def parse_time(text: str) -> datetime:
    """GitHub's ``2026-01-31T04:00:00Z`` as an aware datetime in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def count(value: Any) -> int | None:
    """A count as GitHub's ``Int`` carries it; None if it is none."""
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value <= GREATEST_INT else None


def storable(text: str) -> str:
    """The text as Postgres can store it: U+FFFD replaces NUL and lone surrogates."""
    return UNSTORABLE.sub("\ufffd", text)
