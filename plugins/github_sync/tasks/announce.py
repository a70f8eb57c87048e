"""The task announce_changes: one Asset event for each run over all repositories.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import datetime
from typing import Any

from airflow.providers.common.compat.sdk import AirflowSkipException
from airflow.sdk import Asset, get_current_context

from github_sync.dag_ids import LIST_TASK_ID
from github_sync.entities.values import Row
from github_sync.settings import Settings
from github_sync.sync.request import SyncRequest
from github_sync.tasks.airflow_exceptions import as_airflow_exceptions
from github_sync.tasks.connections import open_warehouse
from github_sync.tasks.forms import request_of

log = logging.getLogger(__name__)

LAST_EVENTS = 20
"""How many of the latest events are searched for the last announcement."""


def announce_changes(asset: Asset) -> list[str]:
    """Name the repositories that changed since the last announcement, in the event's ``extra``.

    Runs over named repositories, dry runs, and runs cleared after their announcement announce
    nothing: a Dag scheduled on the Asset runs once for each daily run. The next announcement
    includes what they changed, and what a run changed that reached its time limit.

    :param asset: the task's outlet and inlet
    :returns: the repositories' full names
    :raises AirflowSkipException: there is nothing to announce
    """
    context = get_current_context()
    ti, run_id = context["ti"], context["run_id"]
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=[LIST_TASK_ID], run_ids=[run_id])
    if states.get(run_id, {}).get(LIST_TASK_ID) != "success":
        raise AirflowSkipException("No repository was synced: nothing to announce.")
    request = request_of(SyncRequest, context)
    if request.repositories or request.dry_run:
        raise AirflowSkipException("Not a run over all repositories: it is not announced.")
    earlier = _earlier(context["inlet_events"][asset])
    if any(extra.get("run_id") == run_id for extra in earlier):
        raise AirflowSkipException("This run was announced before it was cleared.")
    with as_airflow_exceptions():
        changed = _changed(_announced_up_to(earlier))
    names = list(changed["repositories"])
    context["outlet_events"][asset].extra = {
        "run_id": run_id,
        "repositories": names,
        "up_to": changed["up_to"].isoformat(),
    }
    log.info("%d repositories changed.", len(names))
    return names


def _earlier(events: Any) -> list[dict[str, Any]]:
    latest = events[-LAST_EVENTS:] if len(events) > LAST_EVENTS else events
    return [event.extra or {} for event in latest]


def _announced_up_to(earlier: list[dict[str, Any]]) -> datetime | None:
    """None before the first announcement: then everything stored is new."""
    moments = [datetime.fromisoformat(extra["up_to"]) for extra in earlier if "up_to" in extra]
    return max(moments, default=None)


def _changed(since: datetime | None) -> Row:
    with closing(open_warehouse(Settings.from_environment())) as warehouse, warehouse.transaction():
        [changed] = warehouse.run("runs/read_changed_repositories", since=since)
    return changed
