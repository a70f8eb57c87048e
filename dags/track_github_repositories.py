"""
### Track GitHub repositories

The form by which repositories are added, paused and resumed. Trigger it with full names
(`owner/name`), or with organizations, for all of their repositories but archived ones and forks.

Each name is checked against GitHub before it is added; pausing (`is_active` off) does not need
GitHub. A name that is malformed, unknown or refused is reported, the others are applied, and the
run then fails.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from github_sync.settings import Settings

settings = Settings.for_parsing()

FORM = {
    "repositories": Param(
        [],
        type="array",
        items={"type": "string"},
        title="Repositories",
        description="Full names (owner/name), one a line, for example apache/airflow.",
    ),
    "organizations": Param(
        [],
        type="array",
        items={"type": "string"},
        title="Organizations",
        description="All their repositories, except archived ones and forks; one login a line.",
    ),
    "is_active": Param(
        True,
        type="boolean",
        title="Active",
        description="On: track (or resume) them. Off: pause them; what is stored stays.",
    ),
    "github_conn_id": Param(
        None,
        type=["null", "string"],
        title="GitHub connection",
        description="The Airflow connection whose credentials can read them. Empty: the one a "
        "tracked repository has; github_default for a new one.",
    ),
}


@dag(
    schedule=None,
    catchup=False,
    doc_md=__doc__,
    tags=["github", "operations", "postgres"],
    params=FORM,
    default_args={
        "owner": "data-platform",
        "retries": 3,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
)
def track_github_repositories() -> None:
    """Wire the one task; what it does is in ``plugins/github_sync``."""

    @task(doc_md="Checks each name against GitHub, then adds, resumes or pauses it.")
    def track_repositories() -> dict[str, Any]:
        from github_sync.tasks import track

        return track.track_repositories()

    track_repositories()


track_github_repositories()
