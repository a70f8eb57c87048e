"""The failure callbacks, light enough for a Dag file: what they need is imported when they run."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

log = logging.getLogger(__name__)


def report_failed_instance(context: Mapping[str, Any]) -> None:
    """A task instance has finally failed: see ``github_sync.tasks.failures``."""
    from github_sync.tasks import failures

    failures.report_failed_instance(context)


def report_expired_run(context: Mapping[str, Any]) -> None:
    """The run has failed, perhaps by its expiry: see ``github_sync.tasks.failures``."""
    from github_sync.tasks import failures

    failures.report_expired_run(context)


def notify_failed_run(context: Mapping[str, Any]) -> None:
    """The run's last task has failed: see ``github_sync.tasks.alerts``."""
    from github_sync.tasks import alerts

    alerts.notify_failed_run(context)


def notify_expired_run(context: Mapping[str, Any]) -> None:
    """The run has failed, perhaps by its expiry: see ``github_sync.tasks.alerts``."""
    from github_sync.tasks import alerts

    alerts.notify_expired_run(context)


def notify_unannounced_run(context: Mapping[str, Any]) -> None:
    """The run's changes could not be announced: see ``github_sync.tasks.alerts``."""
    from github_sync.tasks import alerts

    alerts.notify_unannounced_run(context)


def notify_late_run(context: Mapping[str, Any]) -> None:
    """The run is not over though its deadline has passed: see ``github_sync.tasks.alerts``."""
    from github_sync.tasks import alerts

    alerts.notify_late_run(context)


def deadline_alert(minutes: float) -> Any:
    """What makes Airflow call :func:`notify_late_run` so long after a run was queued.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/deadline-alerts.html

    :returns: None for 0 minutes, and before Airflow 3.2, whose alerts need a triggerer
    """
    if not minutes:
        return None
    try:
        from airflow.sdk import (  # type: ignore[attr-defined, unused-ignore]
            DeadlineAlert,
            DeadlineReference,
            SyncCallback,
        )
    except ImportError:
        log.warning("GITHUB_SYNC_DEADLINE_MINUTES does nothing before Airflow 3.2.")
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(minutes=minutes),
        callback=SyncCallback("github_sync.tasks.callbacks.notify_late_run"),
    )
