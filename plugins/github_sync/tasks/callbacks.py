"""The failure callbacks, light enough for a Dag file: what they need is imported when they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
