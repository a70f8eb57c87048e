"""What a run came to, through Airflow's own metrics client (StatsD, OpenTelemetry).

https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.common.compat.sdk import Stats

from github_sync.warehouse import Row, Warehouse

OF_THE_RUN = (
    "prs_synced",
    "reviews_synced",
    "requests",
    "repos_complete",
    "repos_error",
    "repos_skipped",
    "prs_missing",
)


def emit_metrics(summary: Mapping[str, Any], warehouse: Warehouse) -> None:
    """Tell what the run came to, and how the tables stand now; a cleared run tells it anew.

    :param summary: the run's, as ``run_summary.summarize`` returns it
    """
    with warehouse.transaction():
        states = warehouse.run("count_states")
        quotas = warehouse.run("read_quotas")
    for name in OF_THE_RUN:
        Stats.gauge(f"github_sync.{name}", summary[name])
    Stats.gauge("github_sync.repos_drifting", len(summary["drift"]))
    for row in states:
        Stats.gauge(f"github_sync.repositories.{row['state']}", row["repositories"])
    if (age := _oldest_seconds(states)) is not None:
        Stats.gauge("github_sync.oldest_data_seconds", age)
    for row in quotas:
        if row["quota_remaining"] is not None:
            name = f"github_sync.quota_remaining.{row['github_conn_id']}"
            Stats.gauge(name, row["quota_remaining"])


def _oldest_seconds(states: Sequence[Row]) -> float | None:
    """How far behind GitHub the active repository is that is furthest behind."""
    moments = [row["oldest_at"] for row in states if row["state"] != "paused" and row["oldest_at"]]
    if not moments:
        return None
    # Not below 0, whatever this machine's clock shows.
    age: timedelta = datetime.now(timezone.utc) - min(moments)
    return max(0.0, age.total_seconds())
