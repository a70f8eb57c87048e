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
        if (folder / "sql" / "queries").is_dir():
            return folder
    raise ConfigurationError(
        "The folder include/ of GitHub Sync was not found; looked in "
        + ", ".join(str(folder) for folder in tried)
        + ".",
        f"Copy it to one of these places, or set {VARIABLE} to where it is.",
    )


def read_sql(name: str) -> str:
    """The statement ``include/sql/queries/<name>.sql``, with psycopg's ``%(name)s`` parameters."""
    return _read(include_folder() / "sql" / "queries" / f"{name}.sql")


def read_graphql(*names: str) -> str:
    """The document made of ``include/graphql/<name>.graphql``: a query and its fragments."""
    folder = include_folder() / "graphql"
    return "\n".join(_read(folder / f"{name}.graphql") for name in names)


def migrations_folder() -> Path:
    """The folder of the versioned migrations."""
    return include_folder() / "sql" / "migrations"


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
