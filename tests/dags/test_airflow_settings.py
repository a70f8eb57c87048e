"""Airflow's own settings turn no request into another, and no red run green."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from github_server import Repository
from tests.conftest import ROOT
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]
OVERRIDES = "AIRFLOW__CORE__DAG_RUN_CONF_OVERRIDES_PARAMS"

SHOW_SCHEDULE = """
import json
from datetime import datetime, timezone
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

bag = DagBag()
dag = DagSerialization.deserialize_dag(
    DagSerialization.serialize_dag(bag.dags["sync_github_repositories"])
)
info = dag.next_dagrun_info(last_automated_run_info=None)
print(json.dumps({
    "errors": bag.import_errors,
    "dags": sorted(bag.dags),
    "catchup": dag.catchup,
    "run_after": info.run_after.astimezone(timezone.utc).isoformat(),
    "is_late": (datetime.now(timezone.utc) - info.run_after).days,
    "failed_runs": [
        DagSerialization.deserialize_dag(
            DagSerialization.serialize_dag(one)
        ).max_consecutive_failed_dag_runs
        for one in bag.dags.values()
    ],
    "retries": sorted({task.retries for task in bag.dags["sync_github_repositories"].tasks}),
}))
"""
SHOW_LOADED = """
import json, sys
from airflow import plugins_manager
from airflow.dag_processing.dagbag import DagBag

_, errors = plugins_manager._get_plugins()
bag = DagBag()
loaded = [
    name for name, module in sys.modules.items()
    if "github_sync/" in (getattr(module, "__file__", None) or "")
    and not name.startswith("github_sync")
]
print(json.dumps({
    "errors": {**errors, **bag.import_errors}, "dags": sorted(bag.dags), "loaded": loaded
}))
"""
DAGS = ["sync_github_repositories", "track_github_repositories"]


def run(program: str, **environment: str) -> Any:
    """Run it in a process of its own; what it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def stored(airflow: Airflow) -> set[str]:
    rows = airflow.database.rows(
        "select distinct full_name from github.pull_requests "
        "join github.tracked_repositories using (repository_id)"
    )
    return {row["full_name"] for row in rows}


@pytest.fixture(params=["True", "False"], ids=["conf overrides params", "conf does not"])
def overriding(request: pytest.FixtureRequest, airflow: Airflow) -> Airflow:
    airflow.set(OVERRIDES, request.param)
    return airflow


def test_a_dry_run_of_one_repository_is_just_that(overriding: Airflow, on_github: OnGitHub) -> None:
    on_github("octo/one", "octo/two")
    overriding.add("octo/one", "octo/two")

    done = overriding.sync(repositories=["octo/one"], dry_run=True)

    assert done.state == "success"
    estimated = done.summary["dry_run"]["repositories"]
    assert [one["repository"] for one in estimated] == ["octo/one"]
    assert stored(overriding) == set()
    assert overriding.attempts("octo/one") == overriding.attempts("octo/two") == []


def test_a_sync_of_one_repository_is_just_that(overriding: Airflow, on_github: OnGitHub) -> None:
    on_github("octo/one", "octo/two")
    overriding.add("octo/one", "octo/two")

    done = overriding.sync(repositories=["octo/one"], full_resync=True)

    assert done.state == "success"
    assert stored(overriding) == {"octo/one"}
    assert overriding.attempts("octo/one")[0]["mode"] == "full"
    assert overriding.attempts("octo/two") == []
    assert done.states["announce_changes"] == "skipped"


def test_a_run_without_configuration_has_the_defaults(
    overriding: Airflow, on_github: OnGitHub
) -> None:
    on_github("octo/one", "octo/two")
    overriding.add("octo/one", "octo/two")

    assert overriding.sync().state == "success"
    assert stored(overriding) == {"octo/one", "octo/two"}


@pytest.mark.parametrize(
    ("conf", "words"),
    [
        ({"repositories": ["no slash"]}, "'no slash' is not a repository's name"),
        ({"since": "2026-01-31T00:00:00Z", "full_resync": True}, "both since and full_resync"),
        ({"repos": ["octo/one"]}, "an unknown key: 'repos'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    overriding: Airflow, on_github: OnGitHub, conf: dict[str, Any], words: str
) -> None:
    on_github("octo/one")
    overriding.add("octo/one")

    done = overriding.sync(**conf)

    assert done.state == "failed"
    assert words in done.log
    assert stored(overriding) == set()


def test_tracking_does_what_its_configuration_asks_for(
    overriding: Airflow, on_github: OnGitHub
) -> None:
    on_github("octo/one", "octo/two")
    overriding.add("octo/one")

    assert overriding.track("octo/two", check_only=True).state == "success"
    assert overriding.track("octo/one", is_active=False).state == "success"

    rows = overriding.database.rows("select full_name, is_active from github.tracked_repositories")
    assert rows == [{"full_name": "octo/one", "is_active": False}]


def test_a_list_that_is_lost_does_not_turn_the_run_green(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    """As with an XCom backend whose objects have expired."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    on_github("octo/one")
    airflow.add("octo/one")
    begun = airflow.begin()
    begun.run_task("list_active_repositories")
    airflow.disconnect("github_default")
    begun.run_task("sync_repository", 0)
    with create_session() as session:
        for xcom in session.query(XComModel).filter_by(task_id="list_active_repositories"):
            session.delete(xcom)

    done = begun.finish()

    assert done.state == "failed"
    [error] = done.summary["errors"]
    assert "Clear list_active_repositories with its downstream tasks" in error["reason"]


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Berlin"},
        {"AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "True"},
        {"AIRFLOW__SCHEDULER__CREATE_CRON_DATA_INTERVALS": "True"},
        {"AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "0"},
        {"AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "9"},
        {"AIRFLOW__CORE__ALLOWED_DESERIALIZATION_CLASSES": "none.of.ours"},
        {"AIRFLOW__CORE__MAX_CONSECUTIVE_FAILED_DAG_RUNS_PER_DAG": "1"},
        {"AIRFLOW__CORE__COMPRESS_SERIALIZED_DAGS": "True"},
    ],
    ids=lambda setting: next(iter(setting.items()), ("none", ""))[0].rpartition("__")[2],
)
def test_when_it_runs_and_how_often_it_tries(setting: dict[str, str]) -> None:
    shown = run(SHOW_SCHEDULE, **setting)

    assert shown["errors"] == {}
    assert shown["dags"] == DAGS
    assert shown["run_after"][10:] == "T04:00:00+00:00"
    assert not shown["catchup"]
    assert shown["is_late"] <= 1, "missed days are not run one by one"
    assert shown["retries"] == [3]
    assert shown["failed_runs"] == [0, 0], "failed runs must not pause the Dag"


@pytest.mark.parametrize("syntax", ["glob", "regexp"])
@pytest.mark.parametrize("is_bundle", [False, True], ids=["plugins folder", "Dags folder"])
def test_only_the_dags_and_the_plugin_are_loaded(
    syntax: str, is_bundle: bool, tmp_path: Path
) -> None:
    folders = {}
    if is_bundle:
        shutil.copytree(ROOT / "dags", tmp_path / "dags")
        shutil.copytree(ROOT / "include", tmp_path / "dags" / "include")
        shutil.copytree(ROOT / "plugins" / "github_sync", tmp_path / "dags" / "github_sync")
        (tmp_path / "plugins").mkdir()
        folders = {
            "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(tmp_path / "plugins"),
            "PYTHONPATH": str(tmp_path / "dags"),
        }

    shown = run(SHOW_LOADED, AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX=syntax, **folders)

    assert shown == {"errors": {}, "dags": DAGS, "loaded": []}
