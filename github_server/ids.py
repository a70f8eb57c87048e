"""Identities made as GitHub makes them: numbers in sequence, and opaque node ids."""

from __future__ import annotations

import base64
import itertools
import struct
from collections.abc import Callable, Iterator

UINT32_MAX = 2**32 - 1
INT32_MAX = 2**31 - 1


def node_id(prefix: str, *numbers: int) -> str:
    """A global id such as "R_kgDOKbn6gQ": base64 of a MessagePack array behind a type's prefix."""
    packed = bytes([0x90 | (len(numbers) + 1), 0]) + b"".join(map(_pack, numbers))
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def _pack(number: int) -> bytes:
    if number > UINT32_MAX:
        return struct.pack(">BQ", 0xCF, number)
    return struct.pack(">BI", 0xCE, number)


def reformatted(global_id: str, number: int) -> str:
    """The same node's id in the format of this number: opaque, and unlike all others."""
    prefix, _, rest = global_id.partition("_")
    return f"{prefix}_{number}{rest.lstrip('0123456789')}"


def int_or_none(number: int) -> int | None:
    """What a GraphQL Int can carry; GitHub's `databaseId` is null beyond 32 bits."""
    return number if number <= INT32_MAX else None


class Sequences:
    """Where each kind's database ids come from; pull requests and reviews start beyond 32 bits."""

    def __init__(self) -> None:
        self.actor = _counter(1_000_001)
        self.repository = _counter(700_000_001)
        self.issue = _counter(4_500_000_001)
        self.pull_request = _counter(5_000_000_001)
        self.review = _counter(6_000_000_001)
        self.label = _counter(8_000_000_001)


def _counter(start: int) -> Callable[[], int]:
    numbers: Iterator[int] = itertools.count(start)
    return lambda: next(numbers)
