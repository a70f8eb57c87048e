"""Creates and upgrades the schema ``github`` with Alembic, once, however many tasks start."""

from __future__ import annotations

import logging
import re
from graphlib import TopologicalSorter

from github_sync.dag_ids import SYNC_DAG_ID, TRACK_DAG_ID
from github_sync.errors import ConfigurationError, SchemaTooNew, SyncError
from github_sync.resources import migrations_folder, read_views
from github_sync.store.postgres_errors import warehouse_error
from github_sync.store.warehouse import Warehouse

log = logging.getLogger(__name__)

LOCK = "select pg_advisory_xact_lock(hashtextextended('github.schema_version', 0))"
BACKSLASHES = "set local standard_conforming_strings = on"
"""Here, and not for the session: psycopg2 quotes as the session did when it was opened."""
OURS = {"tracked_repositories", "sync_attempts", "sync_failures"}
"""Tables that another tool's schema of this name hardly has."""
VERSION = re.compile("[0-9]{4}")
NAMED = 10
"""How many of another tool's tables an error names."""


def upgrade_schema(warehouse: Warehouse) -> None:
    """Bring the schema to this package's version; one query if it is there already.

    Migrations and views are applied in one transaction, on the warehouse's own connection.

    :raises SchemaTooNew: a newer version of this package upgraded it further
    :raises ConfigurationError: the schema github belongs to something else, or has an unknown
        version; nothing is changed
    :raises SyncError: Postgres is unavailable, or denies the permission
    """
    version, latest = schema_version(warehouse), latest_version()
    if version and version > latest:
        raise SchemaTooNew(
            f"The schema github is at version {version}; this package knows {latest}.",
            "Deploy the newer version of GitHub Sync, or restore a backup from before it.",
        )
    if version and version not in _versions():
        raise ConfigurationError(
            f"The schema github is at version {version}, which no release has.",
            "Correct github.schema_version, or restore a backup.",
        )
    if version != latest:
        _upgrade(warehouse)


def check_schema(warehouse: Warehouse) -> None:
    """For tasks that must not change anything: whether the schema is at this package's version.

    :raises ConfigurationError: it does not exist, or is at another version
    :raises SyncError: Postgres is unavailable
    """
    if schema_version(warehouse) != latest_version():
        raise ConfigurationError(
            "The tables do not exist yet, or are older than this package.",
            f"Run {SYNC_DAG_ID} without dry_run, or {TRACK_DAG_ID}, first.",
        )


def schema_version(warehouse: Warehouse) -> str | None:
    """The version that the schema has; None if it does not exist, or is empty.

    :raises ConfigurationError: the schema github belongs to something else
    """
    with warehouse.transaction():
        return read_version(warehouse)


def read_version(warehouse: Warehouse) -> str | None:
    """As :func:`schema_version`, within a transaction."""
    [schema] = warehouse.run("schema/find_schema")
    relations: list[str] = schema["relations"]
    if not relations:
        return None
    if schema["has_version"] and OURS.intersection(relations):
        [row] = warehouse.run("schema/read_schema_version")
        version: str | None = row["version"]
        if version is None or VERSION.fullmatch(version):
            return version
    raise ConfigurationError(
        "The schema github belongs to something else, so that GitHub Sync changes nothing in it: "
        f"it has {_listed(relations)}, and no version of ours ({warehouse.session.place}).",
        "Let the Airflow connection point to another database, or rename that schema: alter "
        "schema github rename to NAME.",
    )


def _listed(relations: list[str]) -> str:
    named, more = relations[:NAMED], len(relations) - NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def latest_version() -> str:
    """The version of the schema that this package needs."""
    return max(_versions())


def _versions() -> set[str]:
    return {path.stem[:4] for path in (migrations_folder() / "versions").glob("*.sql")}


def _upgrade(warehouse: Warehouse) -> None:
    """https://alembic.sqlalchemy.org/en/latest/cookbook.html#connection-sharing"""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import StaticPool

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    connection = warehouse.connection
    driver = type(connection).__module__.partition(".")[0]
    engine = create_engine(
        f"postgresql+{driver}://", creator=lambda: connection, poolclass=StaticPool
    )
    try:
        with engine.begin() as shared:
            warehouse.check_session()
            shared.exec_driver_sql(LOCK)
            shared.exec_driver_sql(BACKSLASHES)
            if not shared.exec_driver_sql("select to_regnamespace('github')").scalar():
                shared.exec_driver_sql("create schema github")
            config.attributes["connection"] = shared
            command.upgrade(config, "head")
            for view in views_in_order():
                shared.exec_driver_sql(view)
    except DBAPIError as error:
        refusal: SyncError = warehouse_error(error.orig or error, warehouse.session.place)
    else:
        log.info("The schema github is at version %s", latest_version())
        return
    raise refusal


def views_in_order() -> list[str]:
    """The definitions of all views; one that reads another comes after it."""
    views = read_views()
    reads = {
        name: [other for other in views if other != name and re.search(rf"github\.{other}\b", text)]
        for name, text in views.items()
    }
    return [views[name] for name in TopologicalSorter(reads).static_order()]
