"""Maps our errors to what Airflow does: fail now, wait for the rate limit, or retry."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from airflow.providers.common.compat.sdk import AirflowFailException

try:
    from airflow.sdk.exceptions import AirflowRescheduleException
except ImportError:  # Airflow 3.1
    from airflow.exceptions import AirflowRescheduleException

from github_sync.errors import PermanentError, RateLimited
from github_sync.settings import Settings

log = logging.getLogger(__name__)


class NotEverythingSynced(AirflowFailException):
    """The result of a run: each failure that it names has already been reported."""


@contextmanager
def as_airflow_exceptions(waits: int = 0) -> Iterator[None]:
    """Turn an error of ours into the exception that makes Airflow do the right thing.

    Any other error is unchanged: Airflow retries, as the Dag's retries say.

    :param waits: how often this try has already waited, for tasks whose waits are not in the tables
    """
    try:
        yield
    except PermanentError as error:
        raise AirflowFailException(str(error)) from error
    except RateLimited as error:
        if waits >= max(1, Settings.for_parsing().max_rate_limit_waits):
            raise AirflowFailException(
                f"{error} The task has already waited {waits} times."
            ) from error
        wake_up_at = error.resumes_at or _seconds_from_now(error.retry_after)
        log.warning("%s The task resumes at %s.", error, wake_up_at.isoformat(timespec="seconds"))
        raise AirflowRescheduleException(wake_up_at) from error  # type: ignore[no-untyped-call]


def _seconds_from_now(seconds: float) -> datetime:
    """In UTC; GitHub's reset is counted from now, so that the worker's clock may be wrong."""
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)
