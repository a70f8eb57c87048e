"""The task track_repositories: adds, resumes and pauses repositories as its form says."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import asdict
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import get_current_context

from github_sync.settings import Settings
from github_sync.store.schema import upgrade_schema
from github_sync.tasks.airflow_exceptions import as_airflow_exceptions
from github_sync.tasks.connections import open_github, open_warehouse
from github_sync.tasks.forms import request_of
from github_sync.tracking import track
from github_sync.tracking.report import report_lines
from github_sync.tracking.request import TrackRequest

log = logging.getLogger(__name__)


def track_repositories() -> dict[str, Any]:
    """Apply the run's configuration to the tracked repositories.

    :returns: ``{tracked, paused, left_out, refused, preflight}``
    :raises AirflowFailException: some names were refused; the others are applied
    """
    context = get_current_context()
    with as_airflow_exceptions(waits=context.get("task_reschedule_count", 0)):
        settings = Settings.from_environment()
        request = request_of(TrackRequest, context)
        applied = _apply(request, settings)
    result = asdict(applied)
    _log(result, request)
    if applied.refused:
        context["ti"].xcom_push("return_value", result)
        lines = "\n".join(f"- {one['error']}" for one in applied.refused)
        raise AirflowFailException(f"{len(applied.refused)} names were refused:\n{lines}")
    return result


def _log(result: dict[str, Any], request: TrackRequest) -> None:
    for line in report_lines(result["preflight"]) if result["preflight"] else ():
        log.log(logging.WARNING if line.is_warning else logging.INFO, line.text)
    if request.check_only:
        log.info("check_only: nothing was changed.")
        return
    for what in ("tracked", "paused", "left_out", "refused"):
        log.info("%s: %s", what, result[what] or "none")


def _apply(request: TrackRequest, settings: Settings) -> track.TrackResult:
    with closing(open_warehouse(settings)) as warehouse:
        if not request.check_only:
            upgrade_schema(warehouse)
        if not request.is_active:
            return track.pause_repositories(request, warehouse)
        return track.track_repositories(
            request, warehouse, lambda conn_id: open_github(conn_id, "GitHub", settings)
        )
