"""Asks again when GitHub refuses credentials for a moment.

GitHub needs some seconds until it knows a GitHub App's new token everywhere. Until then it answers
401, or 403 and 404 for what only the token may see. It also ends tokens before their time.

https://github.com/octokit/auth-app.js/issues/65
https://github.com/octokit/handbook/pull/8
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from github_sync.api.transport.credentials import Credentials
from github_sync.errors import (
    AccessDenied,
    AppRefused,
    BadCredentials,
    RepositoryNotFound,
    SyncError,
)

log = logging.getLogger(__name__)

Answered = TypeVar("Answered")


def ask_patiently(
    ask: Callable[[], Answered], credentials: Credentials, wait_seconds: float
) -> Answered:
    """What ``ask`` returns, once GitHub accepts the credentials.

    :param wait_seconds: before the credentials are tried again, doubling
    :raises SyncError: as ``ask``; BadCredentials after ``credentials.patience`` waits
    """
    patience = _Patience(credentials, wait_seconds)
    answer = Retrying(
        retry=retry_if_exception(patience.allows),
        wait=patience.wait,
        before_sleep=_log,
        reraise=True,
    )(ask)
    credentials.accepted()
    return answer


class _Patience:
    """How long one request waits for its credentials to be accepted."""

    def __init__(self, credentials: Credentials, wait_seconds: float) -> None:
        self._credentials = credentials
        self._next_wait = wait_seconds
        self._left = credentials.patience
        self._was_renewed = False
        self._waits = False

    def allows(self, error: BaseException) -> bool:
        """Whether to ask again."""
        if isinstance(error, AppRefused):
            return False
        if isinstance(error, BadCredentials):
            if not self._was_renewed and self._credentials.refused():
                self._was_renewed, self._waits = True, False
                return True
            return self._wait_once_more()
        if isinstance(error, (AccessDenied, RepositoryNotFound)) and self._credentials.is_fresh:
            self._left = min(self._left, 1)
            return self._wait_once_more()
        return False

    def wait(self, _: RetryCallState) -> float:
        """Seconds until then."""
        if not self._waits:
            return 0
        seconds, self._next_wait = self._next_wait, 2 * self._next_wait
        return seconds

    def _wait_once_more(self) -> bool:
        self._left, self._waits = self._left - 1, True
        return self._left >= 0


def _log(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    what = error.message if isinstance(error, SyncError) else error
    log.warning("Asking again in %.1f s: %s", state.upcoming_sleep, what)
