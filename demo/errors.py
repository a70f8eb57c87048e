"""Errors of the demo. Each message says what failed, each remedy what to do."""

from __future__ import annotations


class DemoError(Exception):
    """Something failed.

    :param message: what failed
    :param remedy: what to do about it
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (message, remedy) if part))
        self.message = message
        self.remedy = remedy


class UsageError(DemoError):
    """The command line or the environment is invalid."""

    exit_code = 2
