"""The failure callbacks: what happens when a task instance, or the run, has finally failed.

Airflow runs these in the task's process after an exception, and in the Dag processor after a kill
or after the run's time limit, sometimes twice. The tables record what was reported, so that each
failure is reported once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from github_sync.dag_ids import LIST_TASK_ID, SYNC_TASK_ID
from github_sync.errors import cause_of
from github_sync.redaction import redact
from github_sync.settings import Settings
from github_sync.store.unfinished_attempts import (
    TASK_KILLED,
    FailedInstance,
    close_failed_instances,
    last_attempts,
)
from github_sync.tasks.airflow_exceptions import NotEverythingSynced
from github_sync.tasks.connections import open_warehouse
from github_sync.tasks.sentry import report_failures, reporter

log = logging.getLogger(__name__)

KILLED_REASON = "The task was killed before it finished (out of memory, a lost worker, or by hand)."
EXPIRED_REASON = "The run reached its time limit before this repository was synced."


def report_failed_instance(context: Mapping[str, Any]) -> None:
    """The failure callback of each task: record the failure in Postgres, report it to Sentry."""
    ti, exception = context["ti"], context.get("exception")
    if isinstance(exception, NotEverythingSynced):
        return
    try:
        if ti.task_id != SYNC_TASK_ID:
            _report_other_task(context, exception)
            return
        repository = _listed(ti)[ti.map_index]
        instance = FailedInstance(
            **repository,
            map_index=ti.map_index,
            **_reason(exception),
            try_number=ti.try_number,
            log_url=ti.log_url,
        )
        record_and_report(context["run_id"], [instance], exception)
    except Exception as error:  # noqa: BLE001 - a callback must not raise
        log.error("The failure could not be recorded: %s", redact(str(error)))
        if isinstance(exception, BaseException):
            _report_other_task(context, exception)


def report_expired_run(context: Mapping[str, Any]) -> None:
    """The failure callback of the Dag: instances that the run's time limit stopped have failed."""
    if context.get("reason") != "timed_out":
        return  # the run's last task has reported it
    run_id = context["run_id"]
    listed = _listed(context["ti"])
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        last = last_attempts(warehouse, run_id)
    done = [key for key, row in last.items() if row["status"] in ("complete", "skipped")]
    cut_off = [
        FailedInstance(**repository, map_index=index, reason=EXPIRED_REASON)
        for index, repository in enumerate(listed)
        if repository["repository_id"] not in done
    ]
    record_and_report(run_id, cut_off)


def record_and_report(
    run_id: str, instances: list[FailedInstance], exception: BaseException | None = None
) -> None:
    """Record these instances' failures and report those not reported yet."""
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        attempts = close_failed_instances(warehouse, run_id, instances)
        report_failures(warehouse, reporter(), attempts, exception)


def _listed(ti: Any) -> list[dict[str, Any]]:
    return ti.xcom_pull(task_ids=LIST_TASK_ID) or []


def _reason(exception: object) -> dict[str, Any]:
    if not isinstance(exception, BaseException):
        return {"reason": KILLED_REASON}
    cause = cause_of(exception)
    return {"reason": str(cause) or repr(cause), "error_class": type(cause).__name__}


def _report_other_task(context: Mapping[str, Any], exception: object) -> None:
    """Report a task that has no repository of its own, or whose repository cannot be looked up."""
    ti = context["ti"]
    raised = exception if isinstance(exception, BaseException) else None
    failure = {
        "run_id": context["run_id"],
        "map_index": ti.map_index,
        "try_number": ti.try_number,
        "log_url": ti.log_url,
        "status": "error" if raised else "killed",
        "error_class": type(cause_of(raised)).__name__ if raised else TASK_KILLED,
        "error_message": redact(str(exception or KILLED_REASON)),
    }
    reporter(ti.task_id).report(failure, raised)
