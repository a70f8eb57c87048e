"""Looks into an exception for what it wraps.

requests wraps urllib3's errors, which wrap Python's.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TypeVar

Found = TypeVar("Found", bound=BaseException)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """The error, and all that it wraps, the outermost first."""
    seen: list[BaseException] = []
    rest = [error]
    while rest:
        one = rest.pop(0)
        if any(one is other for other in seen):
            continue
        seen.append(one)
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        rest += [each for each in inner if isinstance(each, BaseException)]


def first_of(error: BaseException, kind: type[Found]) -> Found | None:
    """The first error of this kind in the chain."""
    return next((one for one in chain_of(error) if isinstance(one, kind)), None)


def reason_of(error: ssl.SSLError) -> str:
    """OpenSSL's reason, such as ``WRONG_VERSION_NUMBER``."""
    return str(error.reason or (error.args[-1] if error.args else type(error).__name__))


def root_of(error: BaseException) -> str:
    """What is at the bottom of a chain of connection errors, without the wrappers' names."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return f"{type(reason).__name__}: {reason}"
