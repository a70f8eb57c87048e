"""Waits for a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_not_result, stop_after_delay, wait_fixed

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout_seconds: float, poll_seconds: float = 0.2) -> T:
    """Call the condition until it returns a true value, or until the timeout.

    :return: the last value; a false one after the timeout
    """
    retrying = Retrying(
        retry=retry_if_not_result(bool),
        stop=stop_after_delay(timeout_seconds),
        wait=wait_fixed(poll_seconds),
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    return retrying(condition)
