"""The task list_active_repositories: which repositories this run syncs."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import Any

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import get_current_context

from github_sync.dag_ids import TRACK_DAG_ID
from github_sync.entities.values import Row
from github_sync.errors import ConfigurationError
from github_sync.settings import Settings
from github_sync.store.schema import check_schema, upgrade_schema
from github_sync.store.unfinished_attempts import close_abandoned_attempts
from github_sync.store.warehouse import Warehouse
from github_sync.sync.estimate import estimate, report_lines
from github_sync.sync.plan import ScanRequest
from github_sync.sync.request import SyncRequest
from github_sync.tasks.airflow_exceptions import as_airflow_exceptions
from github_sync.tasks.connections import open_github, open_warehouse
from github_sync.tasks.forms import request_of
from github_sync.tasks.sentry import report_failures, reporter

log = logging.getLogger(__name__)

LEFT_OUT = "left_out"
"""The XCom key of the repositories left out because they are paused."""
ESTIMATE = "estimate"
"""The XCom key of a dry run's result."""


def list_active_repositories() -> list[dict[str, Any]]:
    """The repositories to sync, one dict ``{repository_id, full_name}`` each; none in a dry run.

    The names of paused repositories go into the XCom ``left_out``, a dry run's result into
    ``estimate``.
    """
    context = get_current_context()
    ti, run_id = context["ti"], context["run_id"]
    with as_airflow_exceptions(waits=context.get("task_reschedule_count", 0)):
        settings = Settings.from_environment()
        request = request_of(SyncRequest, context)
        rows = _tracked(settings, request, run_id)
        chosen = _chosen(rows, request)
        active = [row for row in chosen if row["is_active"]]
        _check_map_length(len(active))
        if request.dry_run:
            ti.xcom_push(ESTIMATE, _estimate(settings, request, active, run_id))
            return []
    left_out = [row["full_name"] for row in chosen if not row["is_active"]]
    ti.xcom_push(LEFT_OUT, left_out)
    _log(rows, active, left_out, request.repeated)
    return [{name: row[name] for name in ("repository_id", "full_name")} for row in active]


def _tracked(settings: Settings, request: SyncRequest, run_id: str) -> list[Row]:
    prepare = check_schema if request.dry_run else upgrade_schema
    with closing(open_warehouse(settings)) as warehouse:
        prepare(warehouse)
        if not request.dry_run:
            _close_abandoned(warehouse, run_id)
        with warehouse.transaction():
            return warehouse.run("runs/list_repositories")


def _estimate(
    settings: Settings, request: SyncRequest, active: list[Row], run_id: str
) -> dict[str, Any]:
    scan_request = ScanRequest(run_id, request.full_resync, request.since)
    with closing(open_warehouse(settings)) as warehouse:
        found = estimate(
            warehouse,
            [row["repository_id"] for row in active],
            lambda conn_id: open_github(conn_id, "GitHub", settings),
            scan_request,
            settings,
        )
    for line in report_lines(found):
        log.info(line)
    return found


def _close_abandoned(warehouse: Warehouse, run_id: str) -> None:
    abandoned = close_abandoned_attempts(warehouse, run_id)
    report_failures(warehouse, reporter(), abandoned)


def _chosen(rows: list[Row], request: SyncRequest) -> list[Row]:
    if not request.names:
        return rows
    by_name = {row["full_name"].lower(): row for row in rows}
    if unknown := [name for name in request.names if name.lower() not in by_name]:
        raise ConfigurationError(
            f"Not tracked: {', '.join(unknown)}.",
            f"Add it with the Dag {TRACK_DAG_ID}, or correct its name.",
        )
    return [by_name[name.lower()] for name in request.names]


def _check_map_length(number: int) -> None:
    """https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/dynamic-task-mapping.html"""
    limit = conf.getint("core", "max_map_length", fallback=1024)
    if number > limit:
        raise ConfigurationError(
            f"{number} active repositories exceed Airflow's [core] max_map_length, {limit}.",
            "Raise AIRFLOW__CORE__MAX_MAP_LENGTH for the API server and the workers.",
        )


def _log(rows: list[Row], active: list[Row], left_out: list[str], repeated: list[str]) -> None:
    if repeated:
        log.warning("Named more than once, synced once: %s", ", ".join(repeated))
    if not rows:
        log.warning(
            "Nothing is tracked yet. Trigger the Dag %s with, for example, "
            '{"repositories": ["apache/airflow"]}.',
            TRACK_DAG_ID,
        )
    elif not active:
        log.warning("No active repositories: all %d are paused.", len(left_out))
    log.info("%d repositories to sync, %d paused.", len(active), len(left_out))
    if reporter().dsn is None:
        log.info("Sentry is off: neither [sentry] sentry_dsn nor SENTRY_DSN is set.")
