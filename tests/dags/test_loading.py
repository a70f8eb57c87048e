"""What Airflow loads, in a process of its own: Dag files with the defaults, and plugins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

LOAD_DAGS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from airflow.sdk import DAG, Param, dag, task
import importlib.util

found = {}
for path in sys.argv[2:]:
    spec = importlib.util.spec_from_file_location(path.rsplit("/")[-1][:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    name = module.__name__
    made = getattr(module, name)()
    found[name] = [
        [task.task_id, task.retries, task.retry_delay.total_seconds(),
         bool(task.retry_exponential_backoff)]
        for task in made.tasks
    ]
print(json.dumps({"tasks": found, "modules": sorted(sys.modules)}))
"""
LOAD_PLUGINS = """
import json, sys
from airflow import plugins_manager

plugins, errors = plugins_manager._get_plugins()
ours = [str(getattr(plugin, "source", "")) for plugin in plugins]
loaded = [
    module.__file__ for name, module in sys.modules.items()
    if "github_sync" in (getattr(module, "__file__", None) or "")
    and not name.startswith("github_sync")
]
print(json.dumps({"errors": errors, "plugins": ours, "loaded": loaded}))
"""
HEAVY = (
    "github",
    "psycopg",
    "psycopg2",
    "alembic.command",
    "airflow.providers.postgres.hooks.postgres",
    "airflow.providers.github.hooks.github",
    "github_sync.sync.repository",
    "github_sync.tasks.sentry",
)


def run(program: str, *arguments: object) -> Any:
    """Run it without our settings, as on a machine that has the defaults; what it prints last."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_SYNC_")}
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def parsed() -> Any:
    return run(LOAD_DAGS, ROOT / "plugins", *sorted((ROOT / "dags").glob("*.py")))


def test_by_default_retries_begin_after_a_minute_and_back_off(parsed: Any) -> None:
    tasks = [task for dag in parsed["tasks"].values() for task in dag]
    assert len(tasks) == 5
    for name, retries, delay, backs_off in tasks:
        assert (retries, delay, backs_off) == (3, 60, True), f"{name}: see default_args"


def test_parsing_a_dag_file_imports_nothing_heavy(parsed: Any) -> None:
    heavy = set(HEAVY) & set(parsed["modules"])
    assert not heavy, (
        f"parsing a Dag file imports {sorted(heavy)}, every few seconds and in every task's "
        "process: import inside the task"
    )


def test_the_plugins_folder_loads_without_errors() -> None:
    found = run(LOAD_PLUGINS)

    assert found["errors"] == {}
    assert found["loaded"] == [], (
        "Airflow executed files of our package as plugins of their own: "
        "plugins/github_sync/.airflowignore is to keep it from that"
    )
