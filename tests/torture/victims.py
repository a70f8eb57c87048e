"""Attempts in processes of their own, to be killed: forked within milliseconds from a warm one."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg

from github_sync.errors import SyncError
from github_sync.store.sync_attempts import SyncJob
from github_sync.sync.repository import sync_repository
from tests.fixtures.syncing import Syncing, direct_client
from tests.fixtures.waiting import wait_until

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload([__name__])


def _warm_up() -> None:
    """The server imports what it is to fork with; it finds it by PYTHONPATH only."""
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        os.environ.update({"PYTHONPATH": path} if path is not None else {})


def start(syncing: Syncing, job: SyncJob) -> BaseProcess:
    """Begin an attempt, as its task would."""
    _warm_up()
    settings = syncing.settings
    conninfo = f"{syncing.database.conninfo} application_name=victim"
    arguments = (syncing.server.url, syncing.token, conninfo, job, settings)
    process = FORKSERVER.Process(target=_attempt, args=arguments, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess, after_seconds: float = 0) -> None:
    """SIGKILL; what it had open is closed by the system."""
    time.sleep(after_seconds)
    process.kill()


def wait_until_postgres_noticed(syncing: Syncing) -> None:
    """Postgres ends a dead process's session, and with it its lock and its transaction."""
    alive = (
        "select 1 from pg_stat_activity "
        "where application_name = 'victim' and datname = current_database()"
    )
    wait_until(
        lambda: not syncing.database.rows(alive),
        "the dead process's session has ended",
        poll_seconds=0.002,
    )


def _attempt(url: str, token: str, conninfo: str, job: SyncJob, settings: Any) -> None:
    from github_sync.store.warehouse import Warehouse

    try:
        sync_repository(
            job,
            lambda: Warehouse(psycopg.connect(conninfo)),
            lambda repository: direct_client(url, token, repository.full_name, settings),
            settings,
        )
    except SyncError:
        os._exit(1)
