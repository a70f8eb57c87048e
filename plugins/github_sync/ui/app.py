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
from github_sync.ui.fleet import Selection, read_fleet
from github_sync.ui.reading import NotReady, read_only_warehouse
from github_sync.ui.rendering import render
from github_sync.ui.repository import InstanceKey, find_instance, read_repository_page
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
def fleet(
    request: Request,
    permissions: PermissionsDep,
    warehouse: WarehouseDep,
    selection: Annotated[Selection, Query()],
) -> Response:
    """All repositories: how many are in which state, and a page of them."""
    return render(request, permissions, "fleet.html", fleet=read_fleet(warehouse, selection))


@app.get("/repositories/{repository_id}")
def repository(
    request: Request, permissions: PermissionsDep, warehouse: WarehouseDep, repository_id: int
) -> Response:
    """One repository: its state, its failures, and its last attempts."""
    page = read_repository_page(warehouse, repository_id)
    if page is None:
        raise HTTPException(404, f"No tracked repository has the id {repository_id}.")
    return render(request, permissions, "repository.html", page=page)


@app.get("/dag")
def dag(request: Request, permissions: PermissionsDep, dag_id: str) -> Response:
    """The tab on a Dag: all repositories on ours, and nothing on others."""
    if dag_id == SYNC_DAG_ID:
        return _to(request, "fleet")
    return render(request, permissions, "elsewhere.html", dag_id=dag_id)


@app.get("/instance")
def instance(
    request: Request,
    permissions: PermissionsDep,
    warehouse: WarehouseDep,
    which: Annotated[InstanceKey, Query()],
) -> Response:
    """The tab on a task instance: its repository."""
    if which.dag_id != SYNC_DAG_ID:
        return render(request, permissions, "elsewhere.html", dag_id=which.dag_id)
    if which.task_id != SYNC_TASK_ID or which.map_index < 0:
        return _to(request, "fleet")
    repository_id = find_instance(warehouse, which)
    if repository_id is None:
        raise HTTPException(404, "This task instance has not started yet.")
    return _to(request, "repository", repository_id=repository_id)


@app.middleware("http")
async def _protect(request: Request, call_next):  # type: ignore[no-untyped-def]
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.exception_handler(AnyHTTPException)
async def _refused(request: Request, refusal: AnyHTTPException) -> Response:
    if refusal.status_code == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse(login_url(request))
    return render(request, None, "problem.html", refusal.status_code, message=refusal.detail)


@app.exception_handler(RequestValidationError)
async def _invalid(request: Request, error: RequestValidationError) -> Response:
    names = ", ".join(str(one["loc"][-1]) for one in error.errors())
    message = f"Invalid URL parameter: {names}. Start again from all repositories."
    return render(request, None, "problem.html", 422, message=message)


@app.exception_handler(NotReady)
async def _not_ready(request: Request, reason: NotReady) -> Response:
    return render(request, None, "not_ready.html", is_there=reason.is_there)


@app.exception_handler(SyncError)
async def _warehouse_unavailable(request: Request, error: SyncError) -> Response:
    return render(request, None, "problem.html", 503, message=str(error))


def _to(request: Request, name: str, **path: object) -> Response:
    here = request.scope.get("root_path", "")
    return RedirectResponse(here + request.app.url_path_for(name, **path))
