"""Who may see the UI and use its buttons: Airflow's own permissions on the Dags decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends, HTTPException, Request

from github_sync.dag_ids import SYNC_DAG_ID, TRACK_DAG_ID


@dataclass(frozen=True)
class Permissions:
    """What the user may do; Airflow's API checks each action again.

    :param may_sync: trigger the Dag that syncs
    :param may_clear: clear its task instances
    :param may_track: trigger the Dag that pauses and resumes
    """

    may_sync: bool
    may_clear: bool
    may_track: bool


def permissions(user: Annotated[Any, Depends(get_user)]) -> Permissions:
    """What the user may do. Access requires permission to read the Dag's task instances.

    :raises HTTPException: 403 without that permission; 401 (from Airflow) without a login
    """
    if not _may(user, "GET", DagAccessEntity.TASK_INSTANCE):
        message = f"Your role may not read the Dag {SYNC_DAG_ID}. Ask your Airflow administrator."
        raise HTTPException(403, message)
    return Permissions(
        may_sync=_may(user, "POST", DagAccessEntity.RUN),
        may_clear=_may(user, "PUT", DagAccessEntity.TASK_INSTANCE),
        may_track=_may(user, "POST", DagAccessEntity.RUN, TRACK_DAG_ID),
    )


PermissionsDep = Annotated[Permissions, Depends(permissions)]


def _may(user: Any, method: Any, entity: DagAccessEntity, dag_id: str = SYNC_DAG_ID) -> bool:
    """https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/auth-manager/index.html"""
    return get_auth_manager().is_authorized_dag(
        method=method, access_entity=entity, details=DagDetails(id=dag_id), user=user
    )


def airflow_root(request: Request) -> str:
    """The path under which Airflow is served: empty, or the path of its base_url."""
    root: str = request.scope.get("app_root_path", "")
    return root.rstrip("/")


def login_url(request: Request) -> str:
    """Airflow's login page, which redirects back to this request."""
    return f"{airflow_root(request)}/api/v2/auth/login?{urlencode({'next': str(request.url)})}"
