"""The task summarize_run: the run in numbers; it fails if any repository failed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from airflow.sdk import get_current_context

from github_sync.dag_ids import LIST_TASK_ID, SYNC_TASK_ID
from github_sync.entities.values import Row
from github_sync.settings import Settings
from github_sync.store.failed_pull_requests import count_failed_pull_requests
from github_sync.store.schema import upgrade_schema
from github_sync.store.unfinished_attempts import FailedInstance, last_attempts
from github_sync.tasks.airflow_exceptions import NotEverythingSynced, as_airflow_exceptions
from github_sync.tasks.connections import open_warehouse
from github_sync.tasks.failures import KILLED_REASON, record_and_report
from github_sync.tasks.list_repositories import ESTIMATE, LEFT_OUT
from github_sync.tasks.metrics import emit_metrics
from github_sync.tasks.run_summary import (
    Instance,
    RunRecords,
    instances,
    summarize,
    verdict,
    without_list,
)

log = logging.getLogger(__name__)

SET_TO_SUCCESS = "The task instance was set to success by hand before it finished."
LIST_FAILED = f"{LIST_TASK_ID} did not succeed; its log says why. No repository was synced."
LIST_LOST = (
    f"The XCom of {LIST_TASK_ID} is not there: what this run synced is not known. Clear "
    f"{LIST_TASK_ID} with its downstream tasks."
)
OPEN = ("running", "waiting", "error", "killed")


def summarize_run() -> dict[str, Any]:
    """Close the attempts left open, and count how each repository ended.

    :returns: ``{repos_dispatched, repos_skipped, repos_complete, repos_error, ...}``
    :raises NotEverythingSynced: some repository failed, or the list did
    """
    ti = get_current_context()["ti"]
    states = _states(ti)
    if states.get(LIST_TASK_ID) != "success":
        _finish(ti, without_list(LIST_FAILED))
    if found := ti.xcom_pull(task_ids=LIST_TASK_ID, key=ESTIMATE):
        log.info("This was a dry run: nothing was written.")
        return {"dry_run": found}
    listed = ti.xcom_pull(task_ids=LIST_TASK_ID)
    if listed is None:
        # With an empty list the run would be green, although instances may have failed.
        _finish(ti, without_list(LIST_LOST))
    left_out = ti.xcom_pull(task_ids=LIST_TASK_ID, key=LEFT_OUT) or []
    found = instances(listed, states, SYNC_TASK_ID)
    with as_airflow_exceptions():
        records = _run_records(found, _closed_attempts(ti.run_id, found))
        summary = summarize(found, records, left_out)
        with closing(open_warehouse(Settings.from_environment())) as warehouse:
            emit_metrics(summary, warehouse)
    _finish(ti, summary)
    return summary


def _states(ti: Any) -> Mapping[str, str]:
    """https://airflow.apache.org/docs/task-sdk/stable/api.html (``get_task_states``)"""
    states = ti.get_task_states(
        dag_id=ti.dag_id, task_ids=[LIST_TASK_ID, SYNC_TASK_ID], run_ids=[ti.run_id]
    )
    return dict(states.get(ti.run_id, {}))


def _closed_attempts(run_id: str, found: list[Instance]) -> dict[int, Row]:
    """The last attempt of each instance, after those left open are closed."""
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        upgrade_schema(warehouse)
    attempts = _last_attempts(run_id)
    still_open = [one for one in found if _is_open(one, attempts.get(one.repository_id))]
    if still_open:
        record_and_report(run_id, [_failed(instance) for instance in still_open])
        attempts = _last_attempts(run_id)
    return attempts


def _is_open(instance: Instance, attempt: Row | None) -> bool:
    if attempt is None:
        return True  # unless its repository is no longer tracked: then nothing is recorded
    is_open = attempt["status"] in OPEN and not attempt["is_final"]
    return is_open or verdict(instance, attempt) == "error"


def _failed(instance: Instance) -> FailedInstance:
    reason = SET_TO_SUCCESS if instance.state == "success" else KILLED_REASON
    return FailedInstance(instance.repository_id, instance.full_name, instance.map_index, reason)


def _last_attempts(run_id: str) -> dict[int, Row]:
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        return last_attempts(warehouse, run_id)


def _run_records(found: list[Instance], attempts: dict[int, Row]) -> RunRecords:
    repositories = [instance.repository_id for instance in found]
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        prs_failed = count_failed_pull_requests(warehouse, repositories)
        with warehouse.transaction():
            drift = warehouse.run("runs/find_drift", repositories=repositories)
    return RunRecords(attempts, prs_failed, drift)


def _finish(ti: Any, summary: dict[str, Any]) -> None:
    """Log the summary; fail with it as the result if a repository failed."""
    log.info(
        "%d repositories: %d complete, %d failed, %d skipped; %d pull requests, %d reviews, "
        "%d requests; %d pull requests could not be stored.",
        *(summary[key] for key in ("repos_dispatched", "repos_complete", "repos_error")),
        *(summary[key] for key in ("repos_skipped", "prs_synced", "reviews_synced", "requests")),
        summary["prs_failed"],
    )
    for kind in ("incomplete", "drift"):
        for one in summary[kind]:
            log.warning("%s: %s", one["repository"], one["reason"])
    if not summary["errors"]:
        return
    ti.xcom_push("return_value", summary)
    lines = "\n".join(f"- {one['reason']}" for one in summary["errors"])
    raise NotEverythingSynced(f"Some repositories failed:\n{lines}")
