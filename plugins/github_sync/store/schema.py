"""Creates and upgrades the schema ``github`` with Alembic, once, however many tasks ask for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from github_sync.errors import ConfigurationError, SchemaTooNew, SyncError
from github_sync.resources import migrations_folder
from github_sync.store.warehouse import configure_connection, warehouse_error

log = logging.getLogger(__name__)

LOCK = "select pg_advisory_xact_lock(hashtextextended('github.schema_version', 0))"


def upgrade_schema(connect: Callable[[], Any]) -> None:
    """Bring the schema to this package's version; at once if it is there already.

    :param connect: opens a psycopg connection; it is closed again
    :raises SchemaTooNew: a newer version of this package upgraded it further
    :raises SyncError: Postgres is away, or denies the permission
    """
    connection = configure_connection(connect())
    try:
        version, latest = _version(connection), latest_version()
        if version and version > latest:
            raise SchemaTooNew(
                f"The schema github is at version {version}; this package knows {latest}.",
                "Deploy the newer version of GitHub Sync, or restore a backup from before it.",
            )
        if version != latest:
            _upgrade(connection)
    except connection.Error as error:
        refusal = warehouse_error(error)
    else:
        return
    finally:
        connection.close()
    raise refusal


def check_schema(connect: Callable[[], Any]) -> None:
    """For who must not change anything: whether the schema is at this package's version.

    :raises ConfigurationError: it is not there, or older
    :raises SyncError: as :func:`upgrade_schema`
    """
    connection = configure_connection(connect())
    try:
        if _version(connection) != latest_version():
            raise ConfigurationError(
                "The tables do not exist yet, or are older than this package.",
                "Run sync_github_repositories, or track_github_repositories, in earnest first.",
            )
    except connection.Error as error:
        refusal = warehouse_error(error)
    else:
        return
    finally:
        connection.close()
    raise refusal


def latest_version() -> str:
    """The version of the schema that this package needs."""
    return max(path.stem[:4] for path in (migrations_folder() / "versions").glob("*.sql"))


def _version(connection: Any) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('github.schema_version') is not null")
        exists = cursor.fetchone()[0]
        if exists:
            cursor.execute("select max(version_num) from github.schema_version")
        version = cursor.fetchone()[0] if exists else None
    connection.rollback()
    return version


def _upgrade(connection: Any) -> None:
    """https://alembic.sqlalchemy.org/en/latest/cookbook.html#connection-sharing"""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import StaticPool

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    driver = type(connection).__module__.partition(".")[0]
    engine = create_engine(
        f"postgresql+{driver}://", creator=lambda: connection, poolclass=StaticPool
    )
    try:
        with engine.begin() as shared:
            shared.exec_driver_sql(LOCK)
            if not shared.exec_driver_sql("select to_regnamespace('github')").scalar():
                shared.exec_driver_sql("create schema github")
            config.attributes["connection"] = shared
            command.upgrade(config, "head")
    except DBAPIError as error:
        refusal: SyncError = warehouse_error(error.orig or error)
    else:
        log.info("The schema github is at version %s", latest_version())
        return
    raise refusal
