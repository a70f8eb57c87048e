"""What can go wrong, said so that the reader knows what to do."""

from __future__ import annotations


class DemoError(Exception):
    """Something failed.

    :param message: what
    :param remedy: what to do about it
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(" ".join(part for part in (message, remedy) if part))
        self.message = message
        self.remedy = remedy


class UsageError(DemoError):
    """The command was called, or its environment set, in a way that cannot work."""

    exit_code = 2
