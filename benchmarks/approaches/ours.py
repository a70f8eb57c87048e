"""The sync of this package, called as its Airflow task calls it, without Airflow."""

from __future__ import annotations

from contextlib import closing

import psycopg

from benchmarks.approaches import Job
from github_sync.api.client import GitHubClient, client_with_token
from github_sync.settings import Settings
from github_sync.store.schema import upgrade_schema
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.tracked_repositories import TrackedRepository
from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository

REPOSITORY_ID = 1


def prepare(job: Job) -> None:
    """Create the schema and track the repository."""
    with closing(Warehouse(psycopg.connect(job.conninfo))) as warehouse:
        upgrade_schema(warehouse)
    with psycopg.connect(job.conninfo) as connection:
        connection.execute(
            "insert into github.tracked_repositories (full_name) values (%s)", (job.full_name,)
        )


def sync(job: Job) -> None:
    """One sync of the repository, from the watermark in the tables."""
    sync_repository(
        SyncJob(REPOSITORY_ID, job.full_name),
        lambda: Warehouse(psycopg.connect(job.conninfo)),
        lambda repository: _open_github(job, repository),
        Settings(),
    )


def _open_github(job: Job, repository: TrackedRepository) -> GitHubClient:
    return client_with_token(job.token, repository.full_name, job.github_url)
