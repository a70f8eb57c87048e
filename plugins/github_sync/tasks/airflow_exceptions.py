"""What Airflow does about each of our errors: fail now, wait for the rate limit, or try again."""

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
    """The verdict on a run: each failure that it names has been reported already."""


@contextmanager
def as_airflow_exceptions(waits: int = 0) -> Iterator[None]:
    """Turn an error of ours raised within into what makes Airflow do the right thing.

    Any other error passes: Airflow tries again, as the Dag's retries say.

    :param waits: how often this try has waited already, where nobody else counts
    """
    try:
        yield
    except PermanentError as error:
        raise AirflowFailException(str(error)) from error
    except RateLimited as error:
        if waits >= max(1, Settings.for_parsing().max_rate_limit_waits):
            raise AirflowFailException(f"{error} Waited for it {waits} times already.") from error
        wake_up_at = error.resumes_at or _now_and(error.retry_after)
        log.warning("%s Goes on at %s.", error, wake_up_at.isoformat(timespec="seconds"))
        raise AirflowRescheduleException(wake_up_at) from error  # type: ignore[no-untyped-call]


def _now_and(seconds: float) -> datetime:
    """In UTC; GitHub's reset is counted from now, whatever the worker's clock shows."""
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)
