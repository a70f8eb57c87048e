"""The licence, the workflow, the requirements, and that no file names the machine it came from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).resolve().parents[2]
WORKFLOW = REPOSITORY / ".github/workflows/ci.yml"


# --- The licence ---

# Of the words of https://www.apache.org/licenses/LICENSE-2.0.txt, with one space between them.
APACHE_2 = "0ffddef9e48f8a09aed5caf2d44f7ba1c1be2d9b8e0a6f693b1635b2d5566645"


def test_the_licence_is_apache_2() -> None:
    words = " ".join((REPOSITORY / "LICENSE").read_text().split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    digest = hashlib.sha256(words.encode()).hexdigest()
    assert digest == APACHE_2, "the text of Apache-2.0 is not complete or was changed"


# --- The workflow ---


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())
    return loaded


def commands() -> list[str]:
    jobs = workflow()["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


@pytest.mark.parametrize(
    "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
)
def test_the_workflow_follows_the_schema(schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(WORKFLOW)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_workflow_runs_what_developers_run() -> None:
    job = workflow()["jobs"]["check"]
    assert ".ci/run" in commands()
    assert os.access(REPOSITORY / ".ci/run", os.X_OK), ".ci/run is missing or not executable"
    assert {"3.10", "3.13"} <= set(job["strategy"]["matrix"]["python"])
    assert "make demo" in commands()
    assert any("pip_audit" in command for command in commands())


def test_the_workflow_may_only_read() -> None:
    assert workflow()["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow()["jobs"].items() if "permissions" in job] == []


def test_every_action_is_pinned_to_a_commit() -> None:
    used = re.findall(r"uses: (.+)", WORKFLOW.read_text())
    assert used
    pinned = re.compile(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+")
    assert [action for action in used if not pinned.fullmatch(action)] == []


def test_every_make_target_that_hooks_and_workflow_name_exists() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
    entries = [hook.get("entry", "") for repo in hooks["repos"] for hook in repo["hooks"]]
    named = set(re.findall(r"make ([\w-]+)", "\n".join(commands() + entries)))
    assert {"demo", "lint"} <= named
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    assert named <= targets


# --- The requirements ---


def requirements() -> list[Requirement]:
    lines = (REPOSITORY / "requirements.txt").read_text().splitlines()
    named = [line.partition("#")[0].strip() for line in lines]
    return [Requirement(line) for line in named if line]


def test_requirements_are_ranges_with_a_lower_bound() -> None:
    """Exact pins would fight the constraints of the Airflow they are installed beside."""
    assert requirements()
    for requirement in requirements():
        operators = {specifier.operator for specifier in requirement.specifier}
        assert not operators & {"==", "==="}, f"{requirement}: write a range"
        assert ">=" in operators, f"{requirement}: name the oldest version that works"


def test_requirements_do_not_choose_the_airflow() -> None:
    assert "apache-airflow" not in {requirement.name for requirement in requirements()}


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_every_requirement_is_installed_in_its_range(requirement: Requirement) -> None:
    installed = importlib.metadata.version(requirement.name)
    assert requirement.specifier.contains(installed), f"{requirement}, but {installed} is installed"


# --- No traces ---

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com"]
HOMES = ["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]
TRACE = re.compile(
    r"\b(?:{registries})\b|(?<![\w.}}-])/(?:{homes})/[\w.]".format(
        registries="|".join(map(re.escape, REGISTRIES)), homes="|".join(HOMES)
    )
)


def files() -> list[Path]:
    """The files that git has or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    paths = [REPOSITORY / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    return [path for path in paths if path.is_file()]


def traces(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if TRACE.search(line):
            yield f"{number}: {line.strip()[:100]}"


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    assert len(files()) > 10
    found = [
        f"{path.relative_to(REPOSITORY)}:{trace}"
        for path in files()
        for trace in traces(path.read_text(errors="ignore"))
    ]
    assert not found, "take these out:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[(f"https://{host}/simple", True) for host in REGISTRIES],
        *[(f"cd /{folder}/someone", True) for folder in HOMES],
        (f"open('/{HOMES[0]}/x')", True),
        (f"file:///{HOMES[0]}/x", True),
        (f"https://example.org/{HOMES[0]}/x", False),
        ("/opt/airflow/dags", False),
    ],
)
def test_a_trace_is_recognized(text: str, found: bool) -> None:
    assert bool(list(traces(text))) is found
