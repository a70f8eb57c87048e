"""The SQL and GraphQL in include/: all of it valid, all of it used, and none of it elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from graphql import GraphQLSchema, parse, validate

from github_server.graphql_api import schema as served_schema
from github_sync.api.documents import document
from github_sync.entities import CHILDREN, KEPT_CHILDREN, KEPT_ENTITIES, PULL_REQUESTS
from github_sync.entities.child import ReplacedChild
from github_sync.resources import include_folder, read_graphql
from tests.fixtures.postgres import Database

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins" / "github_sync"
SQL_FOLDER, GRAPHQL_FOLDER = include_folder() / "sql", include_folder() / "graphql"
OF_KEPT = {
    "read_stored",
    "mark_suspects",
    "read_suspects",
    "read_sample",
    "count_rows",
    "confirm_deletions",
    "save_node_ids",
    "rename_links",
}
NOT_RUN_BY_NAME = ("migrations", "views")
"""Folders whose files are run as they stand there."""


def _names(folder: Path, ending: str) -> list[str]:
    """The folder and the name of each file: ``sync/lock_repository``."""
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob(ending)]
    return sorted(name for name in names if not name.startswith(NOT_RUN_BY_NAME))


SQL = _names(SQL_FOLDER, "*.sql")
GRAPHQL = _names(GRAPHQL_FOLDER, "*.graphql")
PARAMETER = re.compile(r"%\((\w+)\)s")
STATEMENT = re.compile(
    r"\s*(select\s|insert\s+into|update\s+\S+\s+set|delete\s+from|with\s+\w+\s+as|"
    r"(create|alter|drop|truncate|comment on)\s|(query|mutation|fragment)\s+\w*\s*[({o])",
    re.IGNORECASE,
)


def test_there_is_something_to_look_at() -> None:
    assert len(SQL) > 30
    assert len(GRAPHQL) >= 7
    assert len(list(_modules())) > 25


def test_every_query_is_valid_by_the_servers_schema() -> None:
    assert _wrong_by(served_schema()) == {}


def test_every_query_is_valid_by_githubs_schema(published_schema: GraphQLSchema) -> None:
    assert len(published_schema.type_map) > 1000
    assert _wrong_by(published_schema) == {}


@pytest.mark.parametrize("name", SQL)
def test_postgres_accepts_the_statement(name: str, prepared: psycopg.Connection) -> None:
    """With the types that it works out for the parameters, as it does for psycopg."""
    text = (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    names = list(dict.fromkeys(PARAMETER.findall(text)))
    numbered = PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text)
    prepared.execute(f"prepare {name.replace('/', '_')} as {numbered.replace('%%', '%')}")


QUERIES = [name for name in GRAPHQL if re.search(r"^query ", read_graphql(name), re.MULTILINE)]
FRAGMENTS = [name for name in GRAPHQL if name not in QUERIES]


OF_ENTITIES = {
    PULL_REQUESTS.name: {"upsert", "suspect_unlisted", "free_number", *OF_KEPT},
    "users": {"upsert"},
    **{child.name: {"upsert", "delete_with_pull_requests", *OF_KEPT} for child in KEPT_CHILDREN},
    **{
        child.name: {"replace", "read_stored"}
        for child in CHILDREN
        if isinstance(child, ReplacedChild)
    },
}
"""What each entity's folder holds, by its lifecycle."""
for child in KEPT_CHILDREN:
    if child.refreshes_pull_requests:
        OF_ENTITIES[child.name].add("refresh_pull_requests")


def test_each_entity_has_the_statements_of_its_lifecycle() -> None:
    found: dict[str, set[str]] = {}
    for name in SQL:
        if name.startswith("entities/"):
            _, entity, statement = name.split("/")
            found.setdefault(entity, set()).add(statement)
    assert found == OF_ENTITIES


@pytest.mark.parametrize("name", [*SQL, *QUERIES])
def test_the_code_uses_the_file(name: str) -> None:
    folder, _, rest = name.partition("/")
    children = {child.name for child in CHILDREN}
    if folder == "entities":
        assert rest.partition("/")[2] in _strings() or name in _strings()
    elif rest == "more":
        assert folder in children, f"no child is called {folder}"
    elif rest == "existing":
        assert folder in {entity.name for entity in KEPT_ENTITIES}, f"{folder} is not kept"
    else:
        assert name in _strings(), f"nothing in plugins/github_sync names {name}: delete the file"


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_query_uses_the_fragments(name: str) -> None:
    for fragment in re.findall(r"^fragment \w+", read_graphql(name), re.MULTILINE):
        assert any(f"{fragment} " in document(query) for query in QUERIES), f"delete {fragment}"


def test_every_statement_named_in_the_code_has_its_file() -> None:
    assert {name for name, _ in _runs()} <= set(SQL)


def test_every_statement_gets_its_parameters() -> None:
    """Where they stand in the call one by one."""
    checked = 0
    for name, call in _runs():
        given = {keyword.arg for keyword in call.keywords}
        if None in given:
            continue
        text = (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
        assert given == set(PARAMETER.findall(text)), f"{name}.sql, line {call.lineno} of its user"
        checked += 1
    assert checked > 20


def test_no_sql_or_graphql_stands_in_the_code() -> None:
    """Except the fragment that names all children, and what surrounds the migrations."""
    found = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in [*_modules(), *(ROOT / "dags").glob("*.py")]
        for text in _strings_of(path)
        if STATEMENT.match(text) and path.name not in ("schema.py", "documents.py")
    ]
    assert found == [], "put it into a file of include/"


def test_the_search_for_sql_finds_some() -> None:
    texts = [text for text in _strings_of(PACKAGE / "store" / "schema.py") if STATEMENT.match(text)]
    assert len(texts) >= 2


@pytest.fixture(scope="module")
def prepared(template: Database) -> Iterator[psycopg.Connection]:
    """A connection on which each statement is prepared, and none executed."""
    with psycopg.connect(template.conninfo, autocommit=True) as connection:
        yield connection


def _wrong_by(schema: GraphQLSchema) -> dict[str, str]:
    """What the schema says against each query with the fragments that it uses."""
    wrong = {}
    assert len(QUERIES) >= 7
    for name in QUERIES:
        if errors := validate(schema, parse(document(name))):
            wrong[name] = "; ".join(error.message for error in errors)
    return wrong


def _modules() -> Iterator[Path]:
    return PACKAGE.rglob("*.py")


@cache
def _strings() -> set[str]:
    return {text for path in _modules() for text in _strings_of(path)}


def _strings_of(path: Path) -> list[str]:
    """The module's string constants, but not its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    ]


def _runs() -> Iterator[tuple[str, ast.Call]]:
    """Each ``<warehouse>.run("<name>", ...)``."""
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            first = node.args[0] if node.args else None
            if node.func.attr == "run" and isinstance(first, ast.Constant):
                yield first.value, node
