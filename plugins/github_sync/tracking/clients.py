"""GitHub opened once for each Airflow connection, whatever is asked with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from types import TracebackType
from typing import TYPE_CHECKING

from github_sync.api.client import GitHubClient

if TYPE_CHECKING:
    from typing_extensions import Self


class SharedClients:
    """One client for each connection, closed together.

    An app's token is made once then, and what the quota has left is known to all who ask.

    :param open_github: opens GitHub with the Airflow connection of this id
    """

    def __init__(self, open_github: Callable[[str], GitHubClient]) -> None:
        self._open = open_github
        self._clients: dict[str, GitHubClient] = {}
        self._stack = ExitStack()

    def of(self, conn_id: str) -> GitHubClient:
        """The client of this connection.

        :raises ConfigurationError: Airflow has no such connection, or it cannot be used
        """
        if conn_id not in self._clients:
            self._clients[conn_id] = self._stack.enter_context(closing(self._open(conn_id)))
        return self._clients[conn_id]

    def __enter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them all."""
        self._stack.close()
