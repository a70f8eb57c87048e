"""Every statement of SQL in the guides runs on the tables; every configuration has known keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from github_sync.sync.request import SyncRequest
from github_sync.tracking.request import TrackRequest
from tests.conftest import ROOT
from tests.fixtures.postgres import Database

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`(select [^`]* from github\.[^`]*)`")
CONFIGURATION = re.compile(r"[`']\{(\"(?:repositories|organizations|check_only)\"[^`']*)\}[`']")


def statements() -> Iterator[str]:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        yield from BLOCK.findall(text)
        yield from INLINE.findall(text)


QUERIES = [one for one in statements() if "role" not in one and "grant" not in one]
GRANTS = [one for one in statements() if one not in QUERIES]
ROLES = "create role airflow; create role analysts;"
"""What the guides expect to be there."""


def test_there_are_statements() -> None:
    assert len(QUERIES) >= 9
    assert len(GRANTS) == 3


@pytest.mark.parametrize("statement", QUERIES)
def test_it_runs(database: Database, statement: str) -> None:
    with database.connect() as connection:
        connection.execute(statement)
        connection.rollback()


def test_the_roles_are_created_and_granted(empty_database: Database) -> None:
    """In the guides' order, on a database that the guides call ``analytics``."""
    with empty_database.connect() as connection:
        connection.execute(ROLES)
        for statement in GRANTS:
            execute(connection, statement.replace("analytics", empty_database.name))
        connection.rollback()


def execute(connection: psycopg.Connection[object], script: str) -> None:
    connection.execute(script.encode())


def configurations() -> list[str]:
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    return [found for text in texts for found in CONFIGURATION.findall(text)]


def test_there_are_configurations() -> None:
    assert len(configurations()) >= 7


@pytest.mark.parametrize("configuration", configurations())
def test_a_dag_knows_its_keys(configuration: str) -> None:
    keys = set(re.findall(r'"(\w+)":', configuration))
    assert keys
    assert keys <= set(SyncRequest.model_fields) or keys <= set(TrackRequest.model_fields)
