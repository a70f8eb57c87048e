"""Syncs one repository in a process of its own, for a test to kill.

python -m tests.sync.sync_in_a_process SOCKET_FOLDER DATABASE GITHUB_URL REPOSITORY_ID
"""

from __future__ import annotations

import sys

from github_server import SAMPLE_TOKEN
from github_sync.api.client import GitHubClient, client_with_token
from github_sync.settings import Settings
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.sync.repository import sync_repository
from tests.fixtures.postgres import Database


def main(socket_folder: str, database: str, github_url: str, repository_id: str) -> None:
    def open_github(repository: TrackedRepository) -> GitHubClient:
        return client_with_token(SAMPLE_TOKEN, repository.full_name, github_url)

    job = SyncJob(int(repository_id), "acme/api")
    sync_repository(job, Database(socket_folder, database).warehouse, open_github, Settings())


if __name__ == "__main__":
    main(*sys.argv[1:])
