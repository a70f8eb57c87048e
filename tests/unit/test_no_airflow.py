"""Sync code runs from a prompt with a connection and a token: nothing in it imports Airflow."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import github_sync

PACKAGE = Path(github_sync.__file__).parent
UNDER_AIRFLOW = ("tasks", "ui")
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).parts[0] not in UNDER_AIRFLOW
)


def test_no_module_outside_tasks_imports_airflow() -> None:
    assert len(MODULES) > 20
    guilty = [f"{path.name} imports {name}" for path in MODULES for name in _from_airflow(path)]
    assert guilty == []


def test_the_tasks_do() -> None:
    """So this file can tell an import when it sees one."""
    assert any(list(_from_airflow(path)) for path in (PACKAGE / "tasks").glob("*.py"))


def test_nothing_brings_airflow_in_at_run_time() -> None:
    parts = [path.relative_to(PACKAGE.parent).with_suffix("").parts for path in MODULES]
    names = [".".join(one).removesuffix(".__init__") for one in parts]
    program = (
        f"import sys, {', '.join(names)}\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'airflow'])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


def _from_airflow(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (
            name for name in names if name.split(".")[0] == "airflow" or "github_sync.tasks" in name
        )
