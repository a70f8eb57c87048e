"""The task announce_changes: one Asset event for each run over all repositories.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import logging
from contextlib import closing
from typing import Any

from airflow.providers.common.compat.sdk import AirflowSkipException
from airflow.sdk import Asset, get_current_context

from github_sync.reconcile import last_attempts
from github_sync.settings import Settings
from github_sync.tasks.connections import open_warehouse
from github_sync.tasks.list_repositories import LIST_TASK_ID
from github_sync.tasks.outcomes import airflow_outcomes
from github_sync.tasks.run_configuration import sync_request

log = logging.getLogger(__name__)

LAST_EVENTS = 20
"""How many of the latest events are looked through for one of the same run."""


def announce_changes(asset: Asset) -> list[str]:
    """Say which repositories the run changed, in the event's ``extra``.

    Runs over named repositories only, dry runs, and runs cleared after they were announced say
    nothing: who is scheduled on the Asset runs once for each daily run.

    :param asset: the task's outlet and inlet
    :returns: the repositories' full names
    :raises AirflowSkipException: there is nothing to announce
    """
    context = get_current_context()
    ti, run_id = context["ti"], context["run_id"]
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=[LIST_TASK_ID], run_ids=[run_id])
    if states.get(run_id, {}).get(LIST_TASK_ID) != "success":
        raise AirflowSkipException("No repository was synced: nothing is announced.")
    request = sync_request(context)
    if request.repositories or request.dry_run:
        raise AirflowSkipException("Not a run over all repositories: it is not announced.")
    if _is_announced(context["inlet_events"][asset], run_id):
        raise AirflowSkipException("This run was announced before it was cleared.")
    with airflow_outcomes():
        changed = _changed(run_id)
    context["outlet_events"][asset].extra = {"run_id": run_id, "repositories": list(changed)}
    log.info("%d repositories changed.", len(changed))
    return changed


def _is_announced(events: Any, run_id: str) -> bool:
    latest = events[-LAST_EVENTS:] if len(events) > LAST_EVENTS else events
    return any(event.extra.get("run_id") == run_id for event in latest)


def _changed(run_id: str) -> list[str]:
    with closing(open_warehouse(Settings.from_environment())) as warehouse:
        attempts = last_attempts(warehouse, run_id).values()
    return sorted(row["full_name"] for row in attempts if row["prs_synced"])
