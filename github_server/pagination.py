"""Connections with keyset cursors.

A cursor holds the values that a row is sorted by, not an offset. A pull request that is updated
while a client pages moves to the front of the list and no other is skipped, as on GitHub.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from github_server.errors import excessive_pagination, invalid_cursor, missing_boundaries

CURSOR_PREFIX = b"cursor:v2:"
MAX_PAGE = 100

T = TypeVar("T")
Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Order(Generic[T]):
    """How a connection is sorted: by a key that ends with a unique id."""

    key: Callable[[T], Key]
    descending: bool = False


@dataclass
class PageInfo:
    """Where a page lies."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass
class Edge(Generic[T]):
    """A row and its cursor."""

    node: T
    cursor: str


@dataclass
class Connection(Generic[T]):
    """One page of a list."""

    nodes: Sequence[T]
    page_info: PageInfo
    total_count: int
    order: Order[T]

    @property
    def edges(self) -> list[Edge[T]]:
        """The rows with their cursors."""
        return [Edge(node, encode_cursor(self.order.key(node))) for node in self.nodes]


def paginate(items: Sequence[T], order: Order[T], arguments: Mapping[str, Any]) -> Connection[T]:
    """The page that first/after (or last/before) ask for."""
    ordered = sorted(items, key=order.key, reverse=order.descending)
    start, end = _bounds(ordered, order, arguments)
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None:
        end = min(end, start + first)
    elif last is not None:
        start = max(start, end - last)
    page = ordered[start:end]
    return Connection(page, _page_info(page, order, start, end, len(ordered)), len(ordered), order)


def check_page_size(connection: str, arguments: Mapping[str, Any], rows_wanted: bool) -> None:
    """Refuse what GitHub refuses: rows without a limit, or more than a hundred."""
    sizes = {name: arguments.get(name) for name in ("first", "last")}
    if rows_wanted and set(sizes.values()) == {None}:
        raise missing_boundaries(connection)
    for argument, wanted in sizes.items():
        if wanted is not None and wanted > MAX_PAGE:
            raise excessive_pagination(connection, argument, wanted)


def encode_cursor(key: Key) -> str:
    """The key as an opaque cursor."""
    return base64.b64encode(CURSOR_PREFIX + json.dumps(list(key)).encode()).decode()


def decode_cursor(cursor: str, like: Key | None) -> Key:
    """The key in a cursor, which must be of the same shape as this connection's keys."""
    try:
        raw = base64.b64decode(cursor, validate=True)
        values = json.loads(raw.removeprefix(CURSOR_PREFIX))
    except ValueError:
        raise invalid_cursor(cursor) from None
    if not raw.startswith(CURSOR_PREFIX) or not isinstance(values, list):
        raise invalid_cursor(cursor)
    if like is not None and [type(value) for value in values] != [type(value) for value in like]:
        raise invalid_cursor(cursor)
    return tuple(values)


def _bounds(ordered: Sequence[T], order: Order[T], arguments: Mapping[str, Any]) -> tuple[int, int]:
    keys = [order.key(item) for item in ordered]
    like = keys[0] if keys else None
    start, end = 0, len(keys)
    if (after := arguments.get("after")) is not None:
        position = decode_cursor(after, like)
        start = sum(not _follows(key, position, order) for key in keys)
    if (before := arguments.get("before")) is not None:
        position = decode_cursor(before, like)
        end = sum(_follows(position, key, order) for key in keys)
    return start, max(start, end)


def _follows(key: Key, position: Key, order: Order[T]) -> bool:
    return key < position if order.descending else key > position


def _page_info(page: Sequence[T], order: Order[T], start: int, end: int, total: int) -> PageInfo:
    return PageInfo(
        has_next_page=end < total,
        has_previous_page=start > 0,
        start_cursor=encode_cursor(order.key(page[0])) if page else None,
        end_cursor=encode_cursor(order.key(page[-1])) if page else None,
    )
