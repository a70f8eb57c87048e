"""
### Sync GitHub repositories

Copies the pull requests of every active repository in `github.tracked_repositories`, with their
reviews and labels, into Postgres. Runs daily at 04:00 UTC. The first sync of a repository reads
everything; later ones read what changed.

**A repository failed?** Its instance of `sync_repository` has its name. The end of the instance's
log, and `last_sync_error` in `github.tracked_repositories`, say what happened and what to do. Then
clear the instance with its downstream: it resumes after the last page it stored.

**Nothing is tracked yet?** Trigger `track_github_repositories`.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import Asset, dag, task

from github_sync.dag_ids import CHANGES_ASSET
from github_sync.settings import Settings
from github_sync.sync.request import SyncRequest
from github_sync.tasks.callbacks import (
    deadline_alert,
    notify_expired_run,
    notify_failed_run,
    notify_unannounced_run,
    report_expired_run,
    report_failed_instance,
)
from github_sync.tasks.forms import params_of

settings = Settings.for_parsing()

CHANGES = Asset(CHANGES_ASSET)


@dag(
    schedule="0 4 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    max_consecutive_failed_dag_runs=0,  # one failing repository must not pause all others
    max_active_tasks=settings.max_concurrency,
    dagrun_timeout=timedelta(hours=4),
    deadline=deadline_alert(settings.deadline_minutes),
    doc_md=__doc__,
    tags=["github", "ingestion", "postgres"],
    params=params_of(SyncRequest),
    on_failure_callback=[report_expired_run, notify_expired_run],
    default_args={
        "owner": "data-platform",
        "retries": 3,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "on_failure_callback": report_failed_instance,
    },
)
def sync_github_repositories() -> None:
    """Wires the four tasks; their code is in ``plugins/github_sync``."""

    @task(doc_md="Creates or upgrades the schema, and lists the repositories to sync.")
    def list_active_repositories() -> list[dict[str, Any]]:
        from github_sync.tasks import list_repositories

        return list_repositories.list_active_repositories()

    @task(
        map_index_template="{{ task.op_kwargs['repository']['full_name'] }}",
        max_active_tis_per_dag=settings.max_concurrency,
        doc_md="Syncs one repository. Clear a failed instance to resume after its last page.",
    )
    def sync_repository(repository: dict[str, Any]) -> dict[str, Any]:
        from github_sync.tasks import sync

        return sync.sync_repository(repository)

    @task(
        trigger_rule="all_done",
        on_failure_callback=[report_failed_instance, notify_failed_run],
        doc_md="Counts how the repositories ended; fails, and the run with it, if one failed.",
    )
    def summarize_run() -> dict[str, Any]:
        from github_sync.tasks import summarize

        return summarize.summarize_run()

    @task(
        trigger_rule="all_done",
        inlets=[CHANGES],
        outlets=[CHANGES],
        on_failure_callback=[report_failed_instance, notify_unannounced_run],
        doc_md="One Asset event with the repositories that changed, for Dags scheduled on it.",
    )
    def announce_changes() -> list[str]:
        from github_sync.tasks import announce

        return announce.announce_changes(CHANGES)

    synced = sync_repository.expand(repository=list_active_repositories())
    synced >> [announce_changes(), summarize_run()]


sync_github_repositories()
