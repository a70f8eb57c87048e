"""
### Track GitHub repositories

Adds, pauses and resumes repositories. Trigger it with full names (`owner/name`), or with
organizations, for all of their repositories except archived ones and forks.

Before it adds a repository, the run reports the connection's credentials (kind, scopes or
permissions, expiry, single sign-on, quota) and whether they can read its pull requests and reviews.
The report is in the log, and in the result under `preflight`. A name that is malformed, unknown or
cannot be read is refused, with what to change. The other names are applied, and the run fails.

**Only the report?** Set `check_only`: nothing is changed. **Pausing** (`is_active` off) does not
ask GitHub.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from github_sync.settings import Settings
from github_sync.tasks.forms import params_of
from github_sync.tracking.request import TrackRequest

settings = Settings.for_parsing()


@dag(
    schedule=None,
    catchup=False,
    max_consecutive_failed_dag_runs=0,
    doc_md=__doc__,
    tags=["github", "operations", "postgres"],
    params=params_of(TrackRequest),
    default_args={
        "owner": "data-platform",
        "retries": 3,
        "retry_delay": timedelta(seconds=settings.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
)
def track_github_repositories() -> None:
    """Wires the one task; its code is in ``plugins/github_sync``."""

    @task(doc_md="Reports what can be read of each name, then adds, resumes or pauses it.")
    def track_repositories() -> dict[str, Any]:
        from github_sync.tasks import track

        return track.track_repositories()

    track_repositories()


track_github_repositories()
