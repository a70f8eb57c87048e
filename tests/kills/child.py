"""One attempt at one repository, in a process that can be killed: ``python child.py <JSON>``.

Prints its result and, in bytes, the most memory it ever had.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

import psycopg

from github_sync.api.client import GitHubClient, client_with_token
from github_sync.settings import Settings
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository

UNIT = 1 if sys.platform == "darwin" else 1024


def main(url: str, token: str, conninfo: str, job: dict[str, Any]) -> None:
    def open_github(repository: TrackedRepository) -> GitHubClient:
        return client_with_token(token, repository.full_name, url, retry_wait_seconds=0)

    result = sync_repository(
        SyncJob(**job), lambda: Warehouse(psycopg.connect(conninfo)), open_github, Settings()
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    print(json.dumps({"result": result, "peak": peak}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
