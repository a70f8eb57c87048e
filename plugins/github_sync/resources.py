"""Finds the package's SQL and GraphQL, wherever ``include/`` was put."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from github_sync.errors import ConfigurationError

VARIABLE = "GITHUB_SYNC_INCLUDE_FOLDER"


def include_folder() -> Path:
    """The folder ``include/``: GITHUB_SYNC_INCLUDE_FOLDER, beside ``plugins/``,
    beside this package, or in AIRFLOW_HOME.

    :raises ConfigurationError: none of them holds our SQL
    """
    tried = list(_candidates())
    for folder in tried:
        if (folder / "sql" / "entities").is_dir():
            return folder
    raise ConfigurationError(
        "The folder include/ of GitHub Sync was not found; looked in "
        + ", ".join(str(folder) for folder in tried)
        + ".",
        f"Copy it to one of these places, or set {VARIABLE} to where it is.",
    )


def read_sql(name: str) -> str:
    """The statement ``include/sql/<name>.sql``, with psycopg's ``%(name)s`` parameters.

    :param name: the folder and the file: ``sync/lock_repository``
    """
    return _read(include_folder() / "sql" / f"{name}.sql")


def read_graphql(name: str) -> str:
    """The query or fragment ``include/graphql/<name>.graphql``.

    :param name: the folder and the file: ``reviews/fields``
    """
    return _read(include_folder() / "graphql" / f"{name}.graphql")


def graphql_fields() -> list[str]:
    """The names of all files of fragments: ``reviews/fields`` and the like, in order."""
    folder = include_folder() / "graphql"
    return sorted(f"{path.parent.name}/fields" for path in folder.glob("*/fields.graphql"))


def migrations_folder() -> Path:
    """The folder of the versioned migrations."""
    return include_folder() / "sql" / "migrations"


def read_views() -> dict[str, str]:
    """The definition of each view, ``include/sql/views/<name>.sql``, by name."""
    folder = include_folder() / "sql" / "views"
    return {path.stem: _read(path) for path in sorted(folder.glob("*.sql"))}


def _candidates() -> Iterator[Path]:
    if override := os.environ.get(VARIABLE):
        yield Path(override)
        return
    yield Path(__file__).resolve().parents[2] / "include"
    yield Path(__file__).resolve().parents[1] / "include"
    yield Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser() / "include"


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
