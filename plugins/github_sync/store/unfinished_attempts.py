"""Closes the attempts of task instances that ended without closing them.

Airflow calls no callback for a task that is killed on its last try (apache/airflow#60858), and
only the Dag's callback for one that the run's time limit stops. So the run's last task, the Dag's
callback and the next run's first task all look for attempts that are still open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from github_sync.entities.values import Row
from github_sync.redaction import redact
from github_sync.store.warehouse import Warehouse

TASK_KILLED = "TaskKilled"


@dataclass(frozen=True)
class FailedInstance:
    """A task instance that ended without success.

    :param reason: what ended it, used if it did not record an error itself
    :param error_class: the error's class, unless it was killed
    :param try_number: its last try, where that is known
    """

    repository_id: int
    full_name: str
    map_index: int
    reason: str
    error_class: str = TASK_KILLED
    try_number: int | None = None
    log_url: str | None = None


def close_failed_instances(
    warehouse: Warehouse, run_id: str, instances: Iterable[FailedInstance]
) -> list[int]:
    """Record each instance's failure, unless it is recorded, and its repository's.

    :returns: the attempts that now hold the failures (a repository no longer tracked has none)
    """
    last = last_attempts(warehouse, run_id)
    with warehouse.transaction():
        closed = [
            _close(warehouse, run_id, instance, last.get(instance.repository_id))
            for instance in instances
        ]
    return [attempt_id for attempt_id in closed if attempt_id is not None]


def close_abandoned_attempts(warehouse: Warehouse, run_id: str) -> list[int]:
    """Close the attempts of other runs that are marked as running, though their lock is free.

    :param run_id: the current run
    :returns: the attempts closed
    """
    with warehouse.transaction():
        abandoned = warehouse.run("runs/find_abandoned_attempts", run_id=run_id)
        for row in abandoned:
            _fail(warehouse, row, "Airflow stopped while this task was running.")
    return [row["attempt_id"] for row in abandoned]


def last_attempts(warehouse: Warehouse, run_id: str) -> dict[int, Row]:
    """The run's last attempt at each repository, by ``repository_id``."""
    with warehouse.transaction():
        rows = warehouse.run("runs/read_last_attempts", run_id=run_id)
    return {row["repository_id"]: row for row in rows}


def _close(
    warehouse: Warehouse, run_id: str, instance: FailedInstance, last: Row | None
) -> int | None:
    if last is None:
        return _record(warehouse, run_id, instance)
    if instance.try_number and last["try_number"] > instance.try_number:
        return None  # a late report of a try that another one has followed
    if not last["is_final"] or last["status"] not in ("error", "killed"):
        _fail(warehouse, last, instance.reason, instance.error_class)
    return int(last["attempt_id"])


def _record(warehouse: Warehouse, run_id: str, instance: FailedInstance) -> int | None:
    """Insert the attempt of an instance that ended before it could begin."""
    recorded = warehouse.run("runs/record_failed_attempt", run_id=run_id, **vars(instance))
    if not recorded:
        return None
    attempt = vars(instance) | recorded[0]
    _fail(warehouse, attempt, instance.reason, instance.error_class)
    return int(attempt["attempt_id"])


def _fail(warehouse: Warehouse, attempt: Row, reason: str, error_class: str = TASK_KILLED) -> None:
    [closed] = warehouse.run(
        "runs/close_attempt",
        attempt_id=attempt["attempt_id"],
        error_class=error_class,
        message=_message(attempt["full_name"], reason, error_class),
    )
    warehouse.run(
        "sync/fail_repository",
        repository_id=attempt["repository_id"],
        attempt_id=attempt["attempt_id"],
        message=closed["error_message"],
        github_state=None,
    )


def _message(full_name: str, reason: str, error_class: str) -> str:
    said = reason if full_name in reason else f"{full_name}: {reason}"
    if error_class != TASK_KILLED:
        return redact(said)
    return (
        f"{said} What it stored is kept. Clear the failed instance to resume from there. If it "
        "happens again, check the worker's memory and the instance's log."
    )
