"""Opens Postgres and GitHub through Airflow's hooks, from Airflow's connections."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from airflow.providers.common.compat.sdk import AirflowNotFoundException, BaseHook, redact
from airflow.providers.postgres.hooks.postgres import PostgresHook

from github_sync import redaction
from github_sync.api.client import ApiSession, GitHubClient
from github_sync.api.transport.credentials import AppInstallation, Credentials, Token
from github_sync.api.transport.session import Transport
from github_sync.errors import ConfigurationError, SyncError
from github_sync.settings import Settings
from github_sync.store import warehouse
from github_sync.store.postgres_errors import warehouse_error
from github_sync.store.warehouse import Warehouse

RETRY_WAIT_SHARE = 30
"""Waits inside a task start at this part of the setting for Airflow's retries."""


def mask_airflow_secrets() -> None:
    """Let the package's redaction mask what Airflow knows to be secret: the connections' passwords.

    https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/mask-sensitive-values.html
    """
    redaction.add_masker(_masked)


def _masked(text: str) -> str:
    return str(redact(text))


def connect_to_postgres(settings: Settings, timeout: int | None = None) -> Any:
    """A new connection to the warehouse.

    :param timeout: seconds to wait for a server that does not answer, unless the Airflow
        connection says how long; None for the driver's own, which are minutes
    :raises ConfigurationError: Airflow has no such connection, or its fields cannot be used
    :raises SyncError: Postgres is unavailable or refuses the connection
    """
    mask_airflow_secrets()
    conn_id = settings.postgres_conn_id
    hook = PostgresHook(postgres_conn_id=conn_id)
    place = _place(conn_id)
    try:
        redaction.add_secret(hook.connection.password)
        place = _place(conn_id, hook.connection.host)
        if timeout is not None:
            _limit_waiting(hook.connection, timeout)
        return hook.get_conn()
    except AirflowNotFoundException:
        refusal: SyncError = _no_connection(conn_id, "postgres")
    except (ValueError, TypeError) as error:  # the hook's, about the fields
        refusal = _unusable(place, error)
    except Exception as error:  # noqa: BLE001 - of any driver; its frames hold the password
        is_ours = type(error).__name__ == "ProgrammingError"  # the driver's, about the fields
        refusal = _unusable(place, error) if is_ours else warehouse_error(error, place)
    raise refusal


def _place(conn_id: str, host: str | None = None) -> str:
    """What messages call the connection; the driver finds a host by itself if it has none."""
    return f"connection {conn_id}" + (f", host {host}" if host else "")


def _unusable(place: str, error: Exception) -> ConfigurationError:
    reason = redaction.redact(" ".join(str(error).split()))
    return ConfigurationError(
        f"The Airflow connection cannot be used ({reason}; {place}).",
        "Correct its fields and its extra (docs/deploying.md).",
    )


def _limit_waiting(connection: Any, seconds: int) -> None:
    """https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"""
    limits = {"connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
    connection.extra = json.dumps(limits | connection.extra_dejson)


def open_warehouse(settings: Settings, timeout: int | None = None) -> Warehouse:
    """The warehouse on a new connection; all as :func:`connect_to_postgres`.

    :raises ConfigurationError: also if the database's encoding is not UTF8, or if a pooler shares
        sessions
    """
    place = _place(settings.postgres_conn_id)
    return warehouse.open_warehouse(lambda: connect_to_postgres(settings, timeout), place)


def open_github(github_conn_id: str, subject: str, settings: Settings) -> GitHubClient:
    """GitHub's API with the credentials of a connection of the GitHub provider.

    :param subject: what the client's messages name: a repository's full name
    :raises ConfigurationError: Airflow has no such connection, or it holds no credentials
    """
    mask_airflow_secrets()
    try:
        connection = BaseHook.get_connection(github_conn_id)
        redaction.add_secret(connection.password)
        credentials = _credentials(connection)
    except AirflowNotFoundException:
        refusal = _no_connection(github_conn_id, "github")
    except (ValueError, OSError) as error:
        reason = redaction.redact(str(error))
        refusal = ConfigurationError(
            f"The Airflow connection {github_conn_id!r} cannot be used ({reason}).",
            "Enter a token as its password, or a GitHub App's app_id, installation_id and "
            "private_key in its extra.",
        )
    else:
        transport = Transport(connection.host or "", credentials, settings.request_timeout_seconds)
        wait = settings.retry_delay_seconds / RETRY_WAIT_SHARE
        session = ApiSession(transport, github_conn_id, wait, settings.quota_reserve)
        return GitHubClient(session, subject)
    raise refusal


def _credentials(connection: Any) -> Credentials:
    """As the provider's own hook reads them.

    https://airflow.apache.org/docs/apache-airflow-providers-github/stable/connections/github.html

    :raises ValueError: something is missing
    :raises OSError: the file of the private key cannot be read
    """
    if connection.password:
        return Token(connection.password)
    extra = connection.extra_dejson or {}
    if not extra:
        raise ValueError("it has neither a token nor a GitHub App")
    app_id, installation_id = extra.get("app_id"), extra.get("installation_id")
    if not (isinstance(app_id, (int, str)) and app_id and isinstance(installation_id, int)):
        raise ValueError("app_id or installation_id is missing; installation_id is an integer")
    return AppInstallation(
        app_id, installation_id, _private_key(extra), extra.get("token_permissions")
    )


def _private_key(extra: dict[str, Any]) -> str:
    if key_path := extra.get("key_path"):
        return Path(key_path).read_text(encoding="utf-8")
    if private_key := extra.get("private_key"):
        return str(private_key)
    raise ValueError("it has neither key_path nor private_key")


def _no_connection(conn_id: str, conn_type: str) -> ConfigurationError:
    return ConfigurationError(
        f"Airflow has no connection {conn_id!r}.",
        f"Add one of type {conn_type} by this name (docs/deploying.md), or use another one.",
    )
