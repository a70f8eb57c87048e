"""Names compare the same whatever the database's locale: in Turkish, I has another lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from github_server import World
from github_sync.resources import include_folder
from github_sync.store.warehouse import Warehouse
from github_sync.tracking.request import TrackRequest
from github_sync.tracking.track import pause_repositories
from github_sync.ui.overview import OverviewQuery, read_overview
from tests.fixtures.postgres import Database, upgrade_schema
from tests.fixtures.syncing import Syncing
from tests.fixtures.tools import make_locale
from tests.postgres_faults.own_server import own_server
from tests.sync.histories import with_history

TURKISH = "tr_TR"
IDENTITY = {"github_repo_id": 7, "github_node_id": "R_7"}


@pytest.fixture(scope="module")
def turkish() -> Iterator[Database]:
    """A server that knows this locale, and a database whose locale it is."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        Path(folder).chmod(0o755)  # the server has another user
        make_locale(TURKISH, Path(folder))
        environment.setenv("LOCPATH", folder)
        with own_server() as server:
            server.database.rows(
                f"create database turkish template template0 locale '{TURKISH}.UTF-8'"
            )
            database = Database(server.database.socket_folder, "turkish")
            upgrade_schema(database.connect)
            yield database


@pytest.fixture
def warehouse(turkish: Database) -> Iterator[Warehouse]:
    with closing(turkish.warehouse()) as warehouse:
        yield warehouse
    turkish.rows("truncate github.tracked_repositories cascade")


def test_the_locale_is_what_it_should_be(turkish: Database) -> None:
    assert turkish.one("select lower('API') as lower") == {"lower": "ap\u0131"}


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("tracking/pause_repository", {"full_name": "tikal/ui-kit"}),
        ("tracking/pause_owner", {"owner": "tikal"}),
    ],
)
def test_a_name_in_another_case_is_the_same(
    statement: str, parameters: dict[str, Any], warehouse: Warehouse, turkish: Database
) -> None:
    track(turkish, "TIKAL/UI-KIT")
    with warehouse.transaction():
        paused = warehouse.run(statement, **parameters)
    assert paused == [{"full_name": "TIKAL/UI-KIT"}]


def test_a_row_added_by_name_is_adopted(warehouse: Warehouse, turkish: Database) -> None:
    track(turkish, "TIKAL/UI-KIT")
    with warehouse.transaction():
        warehouse.run("tracking/adopt_repository", full_name="tikal/ui-kit", **IDENTITY)
    [row] = turkish.rows("select github_repo_id from github.tracked_repositories")
    assert row == {"github_repo_id": 7}


def test_a_name_that_another_repository_took_is_freed(
    warehouse: Warehouse, turkish: Database
) -> None:
    track(turkish, "TIKAL/UI-KIT")
    with warehouse.transaction():
        warehouse.run("sync/free_repository_name", full_name="tikal/ui-kit", github_repo_id=7)
    [row] = turkish.rows("select full_name from github.tracked_repositories")
    assert row["full_name"].startswith("TIKAL/UI-KIT.renamed-")


def test_the_page_finds_and_sorts_names(warehouse: Warehouse, turkish: Database) -> None:
    names = ["acme/Zeta", "acme/ID", "acme/ice", "acme/index", "acme-b/a"]
    for name in names:
        track(turkish, name)
    with warehouse.transaction():
        found = read_overview(warehouse, OverviewQuery(search="acme/i", sort="name"))
        listed = read_overview(warehouse, OverviewQuery(sort="name"))
    assert shown(found) == ["acme/ice", "acme/ID", "acme/index"]
    assert shown(listed) == sorted(names, key=str.lower)


def test_pausing_by_name(warehouse: Warehouse, turkish: Database) -> None:
    track(turkish, "TIKAL/UI-KIT")
    request = TrackRequest(repositories=["tikal/ui-kit"], is_active=False)
    assert pause_repositories(request, warehouse).paused == ["TIKAL/UI-KIT"]


def test_a_sync(syncing: Syncing, world: World, turkish: Database, warehouse: Warehouse) -> None:
    api = with_history(world, "TIKAL/UI-KIT", pull_requests=3, reviews=1)
    syncing.database = turkish
    syncing.sync(syncing.track(api))
    syncing.assert_equal(api)
    turkish.rows("truncate github.pull_requests, github.users cascade")


@pytest.mark.parametrize(
    "path",
    [path for path in include_folder().rglob("*.sql") if path.parent.name != "versions"],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_a_statement_ignores_case_in_one_way_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    inside = re.findall(r"\b(?:lower|upper|initcap)\(((?:[^()]|\([^()]*\))*)\)", text)
    assert all('collate "C"' in argument for argument in inside), (
        'the case of letters depends on the locale: lower(name collate "C")'
    )
    assert not re.search(r"\bilike\b|~\*", text), "it depends on the locale"


def track(database: Database, full_name: str) -> None:
    database.rows(
        "insert into github.tracked_repositories (full_name) values (%(name)s)", name=full_name
    )


def shown(overview: Any) -> list[str]:
    return [row["full_name"] for row in overview.repositories]
