"""Syncs one repository in a process of its own, for a test to kill.

python -m tests.sync.sync_in_a_process SOCKET_FOLDER DATABASE GITHUB_URL REPOSITORY_ID
"""

from __future__ import annotations

import sys

from github import Auth, Github

from github_server import SAMPLE_TOKEN
from github_sync.api.client import GitHubClient
from github_sync.settings import Settings
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.sync.repository import sync_repository
from tests.fixtures.postgres import Database


def main(socket_folder: str, database: str, github_url: str, repository_id: str) -> None:
    def open_github(repository: TrackedRepository) -> GitHubClient:
        github = Github(base_url=github_url, auth=Auth.Token(SAMPLE_TOKEN), retry=None)
        return GitHubClient(github.requester, repository.full_name)

    order = SyncJob(int(repository_id), "acme/api")
    sync_repository(order, Database(socket_folder, database).warehouse, open_github, Settings())


if __name__ == "__main__":
    main(*sys.argv[1:])
