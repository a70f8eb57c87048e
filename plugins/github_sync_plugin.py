"""Registers the page "GitHub Sync" in Airflow's UI, and nothing else.

https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/plugins.html
"""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin
from airflow.providers.common.compat.sdk import conf

NAME = "GitHub Sync"
PREFIX = "/github-sync"


async def ui(scope: Any, receive: Any, send: Any) -> None:
    """The UI's application, imported at the first request, because every process loads plugins."""
    from github_sync.ui.app import app

    await app(scope, receive, send)


def _view(destination: str, url_route: str, path: str) -> dict[str, Any]:
    """A place in Airflow's UI that shows ours in a frame."""
    base = conf.get("api", "base_url", fallback="") or ""
    folder = "/" + base.partition("://")[2].partition("/")[2].strip("/")
    return {
        "name": NAME,
        "href": f"{folder.rstrip('/')}{PREFIX}{path}",
        "destination": destination,
        "url_route": url_route,
    }


INSTANCE = "/instance?dag_id={DAG_ID}&run_id={RUN_ID}&task_id={TASK_ID}&map_index={MAP_INDEX}"


class GitHubSyncPlugin(AirflowPlugin):
    """The page in the menu, as a tab on the Dag, and for one repository on its task instance."""

    name = "github_sync"
    fastapi_apps = [{"app": ui, "url_prefix": PREFIX, "name": NAME}]  # noqa: RUF012 - Airflow's form
    external_views = [  # noqa: RUF012
        _view("nav", "github-sync", "/") | {"category": "browse"},
        _view("dag", "github-sync-dag", "/dag?dag_id={DAG_ID}"),
        _view("task_instance", "github-sync-instance", INSTANCE),
    ]
