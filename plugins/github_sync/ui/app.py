"""The UI's routes. All of them only read; changes go through Airflow's API.

https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/plugins.html
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from github_sync.dag_ids import SYNC_DAG_ID, SYNC_TASK_ID
from github_sync.errors import SyncError
from github_sync.store.warehouse import Warehouse
from github_sync.ui.access import PermissionsDep, login_url
from github_sync.ui.database import SchemaNotReady, read_only_warehouse
from github_sync.ui.overview import OverviewQuery, read_overview
from github_sync.ui.rendering import render
from github_sync.ui.repository import InstanceKey, find_instance, read_repository_details
from github_sync.ui.static_files import VersionedFiles

WarehouseDep = Annotated[Warehouse, Depends(read_only_warehouse)]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

app = FastAPI(title="GitHub Sync", openapi_url=None)
app.mount("/static", VersionedFiles(), name="static")


@app.get("/")
def overview(
    request: Request,
    permissions: PermissionsDep,
    warehouse: WarehouseDep,
    query: Annotated[OverviewQuery, Query()],
) -> Response:
    """All repositories: how many are in each state, and one page of the list."""
    shown = read_overview(warehouse, query)
    return render(request, permissions, "overview.html", overview=shown)


@app.get("/repositories/{repository_id}")
def repository(
    request: Request, permissions: PermissionsDep, warehouse: WarehouseDep, repository_id: int
) -> Response:
    """One repository: its state, its failures, and its last attempts."""
    details = read_repository_details(warehouse, repository_id)
    if details is None:
        raise HTTPException(404, f"No tracked repository has the id {repository_id}.")
    return render(request, permissions, "repository.html", details=details)


@app.get("/dag")
def dag(request: Request, permissions: PermissionsDep, dag_id: str) -> Response:
    """The tab on a Dag: all repositories on the sync Dag, a note on other Dags."""
    if dag_id == SYNC_DAG_ID:
        return _redirect(request, "overview")
    return render(request, permissions, "other_dag.html", dag_id=dag_id)


@app.get("/instance")
def instance(
    request: Request,
    permissions: PermissionsDep,
    warehouse: WarehouseDep,
    key: Annotated[InstanceKey, Query()],
) -> Response:
    """The tab on a task instance: its repository."""
    if key.dag_id != SYNC_DAG_ID:
        return render(request, permissions, "other_dag.html", dag_id=key.dag_id)
    if key.task_id != SYNC_TASK_ID or key.map_index < 0:
        return _redirect(request, "overview")
    repository_id = find_instance(warehouse, key)
    if repository_id is None:
        raise HTTPException(404, "This task instance has not started yet. Reload the page later.")
    return _redirect(request, "repository", repository_id=repository_id)


@app.middleware("http")
async def _add_headers(request: Request, call_next):  # type: ignore[no-untyped-def]
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.exception_handler(AnyHTTPException)
async def _show_http_error(request: Request, error: AnyHTTPException) -> Response:
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse(login_url(request))
    return render(request, None, "error.html", error.status_code, message=error.detail)


@app.exception_handler(RequestValidationError)
async def _show_invalid_parameter(request: Request, error: RequestValidationError) -> Response:
    names = ", ".join(str(detail["loc"][-1]) for detail in error.errors())
    message = f"Invalid URL parameter: {names}. Start again from all repositories."
    return render(request, None, "error.html", 422, message=message)


@app.exception_handler(SchemaNotReady)
async def _show_schema_not_ready(request: Request, error: SchemaNotReady) -> Response:
    return render(request, None, "schema_not_ready.html", exists=error.exists)


@app.exception_handler(SyncError)
async def _show_sync_error(request: Request, error: SyncError) -> Response:
    return render(request, None, "error.html", 503, message=str(error))


def _redirect(request: Request, name: str, **path: object) -> Response:
    base = request.scope.get("root_path", "")
    return RedirectResponse(base + request.app.url_path_for(name, **path))
