"""The task sync_repository: one repository, one task instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import get_current_context

from github_sync.settings import Settings
from github_sync.store.sync_attempts import SyncJob
from github_sync.sync import repository as sync
from github_sync.sync.request import SyncRequest
from github_sync.tasks.airflow_exceptions import as_airflow_exceptions
from github_sync.tasks.connections import open_github, open_warehouse
from github_sync.tasks.forms import request_of
from github_sync.tasks.lineage import emit_lineage
from github_sync.tasks.sentry import tag_airflow_events


def sync_repository(repository: dict[str, Any]) -> dict[str, Any]:
    """Bring one repository's tables up to what GitHub has.

    :param repository: ``{repository_id, full_name}``, as list_active_repositories returns it
    :returns: as :func:`github_sync.sync.repository.sync_repository`
    """
    context = get_current_context()
    with as_airflow_exceptions():
        settings = Settings.from_environment()
        job = _job(context, repository)
        tag_airflow_events(job)
        result = sync.sync_repository(
            job,
            lambda: open_warehouse(settings),
            lambda row: open_github(row.github_conn_id, row.full_name, settings),
            settings,
        )
    if not result.get("skipped"):
        emit_lineage(result, settings)
    return result


def _job(context: Mapping[str, Any], repository: dict[str, Any]) -> SyncJob:
    ti, request = context["ti"], request_of(SyncRequest, context)
    return SyncJob(
        repository_id=repository["repository_id"],
        full_name=repository["full_name"],
        run_id=context["run_id"],
        map_index=ti.map_index,
        try_number=ti.try_number,
        is_last_try=ti.try_number > ti.max_tries,
        waits=context.get("task_reschedule_count", 0),
        log_url=ti.log_url,
        full_resync=request.full_resync,
        since=request.since,
        accept_deletions=request.accept_deletions,
    )
