"""What holds for every Dag of this project; each failure says how to fix it."""

from __future__ import annotations

import ast
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from github_sync import dag_ids
from tests.conftest import ROOT

SYNC, TRACK = dag_ids.SYNC_DAG_ID, dag_ids.TRACK_DAG_ID
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
MAY_BE_IMPORTED = (
    "airflow.sdk",
    "github_sync.dag_ids",
    "github_sync.settings",
    "github_sync.sync.request",
    "github_sync.tracking.request",
    "github_sync.tasks.callbacks",
    "github_sync.tasks.forms",
)
LONGEST = 110


def test_the_ids_are_those_that_users_rely_on(dag_bag: Any) -> None:
    ids = {name: value for name, value in vars(dag_ids).items() if name.isupper()}
    assert ids == {
        "SYNC_DAG_ID": "sync_github_repositories",
        "LIST_TASK_ID": "list_active_repositories",
        "SYNC_TASK_ID": "sync_repository",
        "SUMMARY_TASK_ID": "summarize_run",
        "ANNOUNCE_TASK_ID": "announce_changes",
        "TRACK_DAG_ID": "track_github_repositories",
        "TRACK_TASK_ID": "track_repositories",
        "CHANGES_ASSET": "github_pull_requests",
    }
    task_ids = {dag_id: set(dag.task_ids) for dag_id, dag in dag_bag.dags.items()}
    assert task_ids == {
        SYNC: {ids[f"{task}_TASK_ID"] for task in ("LIST", "SYNC", "SUMMARY", "ANNOUNCE")},
        TRACK: {ids["TRACK_TASK_ID"]},
    }
    announce = dag_bag.dags[SYNC].get_task(dag_ids.ANNOUNCE_TASK_ID)
    assert [asset.name for asset in announce.outlets] == [dag_ids.CHANGES_ASSET]


def test_airflow_finds_both_dags_without_errors(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}, "fix these Dag files: Airflow cannot import them"
    assert sorted(dag_bag.dags) == [SYNC, TRACK], (
        "these Dag ids are names that users rely on; a new Dag is to be added here and documented"
    )
    assert [Path(dag.fileloc).stem for dag in dag_bag.dags.values()] == list(dag_bag.dags), (
        "name each Dag file after its Dag"
    )


@pytest.fixture(params=[SYNC, TRACK])
def dag(request: pytest.FixtureRequest, dag_bag: Any) -> Any:
    return dag_bag.dags[request.param]


def test_the_daily_run(dag_bag: Any) -> None:
    dag = dag_bag.dags[SYNC]
    assert dag.schedule == "0 4 * * *", "the sync runs daily at 04:00: schedule='0 4 * * *'"
    assert str(dag.timetable.timezone) == "UTC", "give start_date the timezone UTC"
    assert dag.catchup is False, "set catchup=False: one run brings everything up to date"
    assert dag.max_active_runs == 1, "set max_active_runs=1: runs side by side share the quota"
    assert dag.dagrun_timeout == timedelta(hours=4), "set dagrun_timeout=timedelta(hours=4)"
    assert dag.on_failure_callback, (
        "without on_failure_callback a run that reaches its time limit is not reported"
    )
    assert list(dag.task_dict) == [
        "list_active_repositories",
        "sync_repository",
        "announce_changes",
        "summarize_run",
    ], "task ids are names that users rely on"


def test_an_instance_carries_its_repositorys_name(dag_bag: Any) -> None:
    task = dag_bag.dags[SYNC].task_dict["sync_repository"]
    assert task.partial_kwargs["map_index_template"] == (
        "{{ task.op_kwargs['repository']['full_name'] }}"
    ), "the template must need nothing that only exists after the task ran"


def test_the_summary_runs_whatever_happened_before(dag_bag: Any) -> None:
    task = dag_bag.dags[SYNC].task_dict["summarize_run"]
    assert task.trigger_rule == "all_done", "set trigger_rule='all_done' on summarize_run"
    assert task.upstream_task_ids == {"sync_repository"}, "wire sync_repository >> summarize_run"


def test_the_forms_have_the_documented_fields(dag_bag: Any) -> None:
    forms: dict[str, dict[str, Any]] = {
        SYNC: {
            "repositories": [],
            "full_resync": False,
            "since": None,
            "accept_deletions": False,
            "dry_run": False,
        }
    }
    forms[TRACK] = {
        "repositories": [],
        "organizations": [],
        "is_active": True,
        "github_conn_id": None,
        "check_only": False,
    }
    for dag_id, fields in forms.items():
        params = dag_bag.dags[dag_id].params
        assert params.dump() == fields, "these names and defaults are documented"
        for name in fields:
            param = params.get_param(name)
            assert param.schema.get("title"), f"give the Param {name} a title for the form"
            assert param.description, f"give the Param {name} a description for the form"
            assert param.schema.get("type"), f"give the Param {name} a type, or anything passes"
            is_choice = "array" in param.schema["type"] and "examples" in param.schema
            assert not is_choice, f"{name}: with examples Airflow's form offers only these"


def test_every_dag_can_be_found_and_understood(dag: Any) -> None:
    assert dag.schedule is None or dag.dag_id == SYNC, "only the daily Dag has a schedule"
    assert "github" in dag.tags, f"add the tag 'github' to {dag.dag_id}"
    assert (dag.doc_md or "").strip(), f"set doc_md=__doc__ on {dag.dag_id}"


def test_every_task_is_owned_explained_and_retried(dag: Any) -> None:
    for task in dag.tasks:
        where = f"{dag.dag_id}.{task.task_id}"
        assert task.owner not in ("", "airflow"), f"{where}: set 'owner' in default_args"
        assert (task.doc_md or "").strip(), f"{where}: give @task a doc_md"
        assert task.retries == 3, f"{where}: 'retries' is 3 in default_args"
        assert task.retry_exponential_backoff, f"{where}: set 'retry_exponential_backoff': True"
        assert task.max_retry_delay, f"{where}: set 'max_retry_delay' in default_args"


def test_every_task_of_the_daily_run_reports_its_final_failure(dag_bag: Any) -> None:
    tasks = dag_bag.dags[SYNC].task_dict
    for task_id in ("list_active_repositories", "sync_repository"):
        assert tasks[task_id].on_failure_callback, f"{task_id}: set 'on_failure_callback'"


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_only_wires(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= LONGEST, f"move what {path.name} does into plugins/github_sync"
    tree = ast.parse("\n".join(lines))
    for module in imported_at_the_top(tree):
        assert may_be_imported(module), (
            f"{path.name} imports {module} each time it is parsed, and in every task's process: "
            "import it inside the task that needs it"
        )
    for node in ast.walk(tree):
        assert not isinstance(node, ast.For | ast.While | ast.With | ast.Try), (
            f"{path.name}:{node.lineno}: a Dag file only wires; move this into plugins/github_sync"
        )
    for call in called_at_the_top(tree):
        assert call in {"Settings.for_parsing", "Param", "Asset", path.stem}, (
            f"{path.name} calls {call}() each time it is parsed: do it inside a task"
        )


def imported_at_the_top(tree: ast.Module) -> list[str]:
    modules = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
    return modules


def may_be_imported(module: str) -> bool:
    return module in MAY_BE_IMPORTED or module.partition(".")[0] in sys.stdlib_module_names


def called_at_the_top(tree: ast.Module) -> list[str]:
    """What module-level statements call; decorators and functions' bodies are not theirs."""
    plain = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr)]
    found = [node for statement in plain for node in ast.walk(statement)]
    return [ast.unparse(node.func) for node in found if isinstance(node, ast.Call)]
