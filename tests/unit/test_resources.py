"""The folder include/ is found wherever platforms put it, or missed with one clear error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import github_sync
from github_sync.errors import ConfigurationError
from github_sync.resources import include_folder, migrations_folder, read_graphql, read_sql

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
from github_sync.errors import ConfigurationError
from github_sync.resources import include_folder
try:
    print(include_folder())
except ConfigurationError as error:
    print(error)
"""

Find = Callable[..., str]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Asks the package, copied to where there is nothing but plugins/, for the folder."""
    package = Path(github_sync.__file__).parent
    ignored = ignore_patterns("__pycache__", "tasks")
    copytree(package, tmp_path / "platform" / "plugins" / "github_sync", ignore=ignored)

    def find(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONPATH": str(tmp_path / "platform" / "plugins"), **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout.strip()

    return find


def make_include(folder: Path) -> str:
    (folder / "sql" / "entities").mkdir(parents=True)
    return str(folder)


def test_it_lies_beside_plugins(find: Find, tmp_path: Path) -> None:
    folder = make_include(tmp_path / "platform" / "include")
    make_include(tmp_path / "home" / "include")
    assert find(AIRFLOW_HOME=str(tmp_path / "home")) == folder


def test_or_in_airflows_home(find: Find, tmp_path: Path) -> None:
    """As on platforms that take dags/ and plugins/ to different places."""
    folder = make_include(tmp_path / "home" / "include")
    assert find(AIRFLOW_HOME=str(tmp_path / "home")) == folder


def test_or_in_airflows_usual_home(find: Find, tmp_path: Path) -> None:
    folder = make_include(tmp_path / "airflow" / "include")
    assert find(HOME=str(tmp_path)) == folder


def test_or_where_the_variable_says(find: Find, tmp_path: Path) -> None:
    make_include(tmp_path / "platform" / "include")
    folder = make_include(tmp_path / "elsewhere")
    assert find(GITHUB_SYNC_INCLUDE_FOLDER=folder) == folder


def test_the_places_looked_at_are_named(find: Find, tmp_path: Path) -> None:
    (tmp_path / "platform" / "include").mkdir()
    said = find(AIRFLOW_HOME=str(tmp_path / "home"))
    assert str(tmp_path / "platform" / "include") in said
    assert str(tmp_path / "home" / "include") in said
    assert "GITHUB_SYNC_INCLUDE_FOLDER" in said


def test_a_variable_that_leads_nowhere_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than another folder taken silently."""
    monkeypatch.setenv("GITHUB_SYNC_INCLUDE_FOLDER", str(tmp_path))
    with pytest.raises(ConfigurationError) as refusal:
        include_folder()
    assert str(tmp_path) in refusal.value.message
    assert str(REPOSITORY) not in refusal.value.message
    assert "GITHUB_SYNC_INCLUDE_FOLDER" in refusal.value.remedy


def test_here_it_is_the_repositorys() -> None:
    include = REPOSITORY / "include"
    assert include_folder() == include
    assert migrations_folder() == include / "sql" / "migrations"
    assert read_sql("sync/lock_repository") == (
        include / "sql" / "sync" / "lock_repository.sql"
    ).read_text(encoding="utf-8")
    assert "query MoreReviews" in read_graphql("reviews/more")
