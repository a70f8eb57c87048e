"""Opens Postgres and GitHub through Airflow's hooks, from Airflow's connections."""

from __future__ import annotations

import json
from typing import Any

from airflow.providers.common.compat.sdk import AirflowNotFoundException, redact
from airflow.providers.github.hooks.github import GithubHook
from airflow.providers.postgres.hooks.postgres import PostgresHook
from github import Github

from github_sync import redaction
from github_sync.api.client import GitHubClient
from github_sync.errors import ConfigurationError, SyncError
from github_sync.settings import Settings
from github_sync.store.warehouse import Warehouse, warehouse_error

redaction.mask_known_secrets = lambda text: str(redact(text))

RETRY_WAIT_SHARE = 30
"""Waits inside a task begin at this part of the setting for Airflow's retries."""


def connect_to_postgres(settings: Settings, patience: int | None = None) -> Any:
    """A new connection to the warehouse.

    :param patience: seconds to wait for a server that does not answer, unless the Airflow
        connection says how long; None for the driver's own, which are minutes
    :raises ConfigurationError: Airflow has no such connection
    :raises SyncError: Postgres is away or refuses us
    """
    hook = PostgresHook(postgres_conn_id=settings.postgres_conn_id)
    try:
        if patience is not None:
            _be_patient(hook.connection, patience)
        return hook.get_conn()
    except AirflowNotFoundException:
        refusal: SyncError = _no_connection(settings.postgres_conn_id, "postgres")
    except Exception as error:  # noqa: BLE001 - whichever driver; its frames hold the password
        refusal = warehouse_error(error)
    raise refusal


def _be_patient(connection: Any, seconds: int) -> None:
    """https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"""
    limits = {"connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
    connection.extra = json.dumps(limits | connection.extra_dejson)


def open_warehouse(settings: Settings, patience: int | None = None) -> Warehouse:
    """The warehouse on a new connection; all as :func:`connect_to_postgres`."""
    return Warehouse(connect_to_postgres(settings, patience))


def open_github(github_conn_id: str, subject: str, settings: Settings) -> GitHubClient:
    """GitHub's GraphQL API with the connection's credentials and our own timeouts and retries.

    PyGithub would pause before each request and sleep in the worker until a spent quota resets:
    https://pygithub.readthedocs.io/en/stable/github.html

    :raises ConfigurationError: Airflow has no such connection, or it holds no credentials
    """
    try:
        requester = GithubHook(github_conn_id=github_conn_id).get_conn().requester
    except AirflowNotFoundException:
        refusal = _no_connection(github_conn_id, "github")
    except (ValueError, OSError, AssertionError, UnboundLocalError) as error:
        refusal = ConfigurationError(
            f"The Airflow connection {github_conn_id!r} cannot be used "
            f"({redaction.redact(str(error))}).",
            "Put a token into its password, or a GitHub App's app_id, installation_id and "
            "private_key into its extra.",
        )
    else:
        ours = {
            "timeout": settings.request_timeout_seconds,
            "retry": None,
            "seconds_between_requests": None,
            "seconds_between_writes": None,
        }
        client = Github(**(requester.kwargs | ours))
        wait = settings.retry_delay_seconds / RETRY_WAIT_SHARE
        reserve = settings.quota_reserve
        return GitHubClient(client.requester, subject, github_conn_id, wait, reserve)
    raise refusal


def _no_connection(conn_id: str, conn_type: str) -> ConfigurationError:
    return ConfigurationError(
        f"Airflow has no connection {conn_id!r}.",
        f"Add one of type {conn_type} by this name (docs/deploying.md), or name another.",
    )
