"""Whether and where failures are reported, as Airflow's configuration says."""

from __future__ import annotations

import os
from typing import Any

import sentry_sdk
from airflow.providers.common.compat.sdk import conf

from github_sync.dag_ids import SYNC_DAG_ID, SYNC_TASK_ID
from github_sync.store.sync_attempts import SyncJob
from github_sync.tasks.sentry import Reporter


def reporter() -> Reporter:
    """Reports to ``[sentry] sentry_dsn`` or ``SENTRY_DSN``; off if neither is set."""
    dsn = conf.get("sentry", "sentry_dsn", fallback=None) or os.environ.get("SENTRY_DSN")
    tags = {"dag_id": SYNC_DAG_ID, "task_id": SYNC_TASK_ID}
    return Reporter(dsn or None, airflow_reports(), tags)


def airflow_reports() -> bool:
    """Whether Airflow's own Sentry integration is active in this process.

    https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/errors.html
    """
    is_on = conf.getboolean("sentry", "sentry_on", fallback=False)
    return is_on and sentry_sdk.get_client().is_active()


def tag_airflow_events(order: SyncJob) -> None:
    """Add our tags to what Airflow's own integration reports about this task."""
    if not airflow_reports():
        return
    scope = sentry_sdk.get_current_scope()
    tags: dict[str, Any] = {
        "repository": order.full_name,
        "run_id": order.run_id,
        "map_index": order.map_index,
        "try_number": order.try_number,
    }
    scope.set_tags({name: str(value) for name, value in tags.items()})
    scope.set_context("airflow", {"log_url": order.log_url})
