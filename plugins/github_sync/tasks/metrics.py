"""Emits a run's numbers through Airflow's own metrics client (StatsD, OpenTelemetry).

https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.common.compat.sdk import Stats

from github_sync.store.warehouse import Warehouse

OF_THE_RUN = (
    "prs_synced",
    "reviews_synced",
    "requests",
    "repos_complete",
    "repos_error",
    "repos_skipped",
    "prs_failed",
)


def emit_metrics(summary: Mapping[str, Any], warehouse: Warehouse) -> None:
    """Emit the run's numbers and the current state of the tables; a cleared run emits them again.

    :param summary: the run's, as ``run_summary.summarize`` returns it
    """
    with warehouse.transaction():
        states = warehouse.run("runs/count_states")
        [freshness] = warehouse.run("runs/read_freshness")
        quotas = warehouse.run("runs/read_quotas")
    for name in OF_THE_RUN:
        Stats.gauge(f"github_sync.{name}", summary[name])
    Stats.gauge("github_sync.repos_drifting", len(summary["drift"]))
    for row in states:
        Stats.gauge(f"github_sync.repositories.{row['state']}", row["repositories"])
    if oldest_at := freshness["oldest_at"]:
        Stats.gauge("github_sync.oldest_data_seconds", _seconds_since(oldest_at))
        Stats.gauge("github_sync.oldest_data_timestamp", oldest_at.timestamp())
    for row in quotas:
        if row["quota_remaining"] is not None:
            name = f"github_sync.quota_remaining.{row['github_conn_id']}"
            Stats.gauge(name, row["quota_remaining"])


def _seconds_since(moment: datetime) -> float:
    """Not below 0, whatever this machine's clock shows."""
    age: timedelta = datetime.now(timezone.utc) - moment
    return max(0.0, age.total_seconds())
