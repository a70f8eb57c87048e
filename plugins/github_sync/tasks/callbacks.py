"""The failure callbacks, light enough for a Dag file: what they need is imported when they run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from importlib import import_module
from typing import Any

log = logging.getLogger(__name__)

Callback = Callable[[Mapping[str, Any]], None]


def _in_module(module: str) -> Callable[[Callback], Callback]:
    """Makes a callback call the function of its name in ``github_sync.tasks.<module>``."""

    def lazily(declared: Callback) -> Callback:
        @wraps(declared)
        def callback(context: Mapping[str, Any]) -> None:
            found = import_module(f"github_sync.tasks.{module}")
            getattr(found, declared.__name__)(context)

        return callback

    return lazily


@_in_module("failures")
def report_failed_instance(context: Mapping[str, Any]) -> None:
    """A task instance has finally failed."""


@_in_module("failures")
def report_expired_run(context: Mapping[str, Any]) -> None:
    """The run has failed, perhaps because its time was up."""


@_in_module("alerts")
def notify_failed_run(context: Mapping[str, Any]) -> None:
    """The run's last task has failed."""


@_in_module("alerts")
def notify_expired_run(context: Mapping[str, Any]) -> None:
    """The run has failed, perhaps because its time was up."""


@_in_module("alerts")
def notify_unannounced_run(context: Mapping[str, Any]) -> None:
    """The run's changes could not be announced."""


@_in_module("alerts")
def notify_late_run(context: Mapping[str, Any]) -> None:
    """The run is not over though its deadline has passed."""


def deadline_alert(minutes: float) -> Any:
    """Makes Airflow call :func:`notify_late_run` so many minutes after a run was queued.

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
