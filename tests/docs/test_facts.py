"""The tables in the guides are complete: parameters, settings, tables, states, errors, metrics."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from github_sync import errors
from github_sync.dag_ids import SYNC_DAG_ID, TRACK_DAG_ID
from github_sync.settings import PREFIX, Settings
from github_sync.sync.request import SyncRequest
from github_sync.tasks.metrics import OF_THE_RUN
from github_sync.tracking.request import TrackRequest
from github_sync.ui.states import STATES
from tests.conftest import ROOT
from tests.fixtures.postgres import Database

README, DEPLOYING, OPERATING = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/deploying.md", "docs/operating.md")
)
NOT_FINAL = {"SyncError", "PermanentError", "TransientError", "RateLimited", "RowRefused"}
"""Errors with which no attempt ends: the bases, a wait, and what is recorded for a pull request."""
NOT_OURS = {"AirflowTaskTimeout", "TaskKilled"}
"""What ends an attempt from outside."""


def section(text: str, heading: str) -> str:
    """What follows a heading or a table's head, up to the next empty line after it."""
    return text.partition(heading)[2].partition("\n\n")[0]


def first_cells(table: str) -> set[str]:
    """The code in the first cell of each row."""
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize(
    ("dag_id", "form"), [(SYNC_DAG_ID, SyncRequest), (TRACK_DAG_ID, TrackRequest)]
)
def test_readme_names_every_parameter(dag_id: str, form: type[BaseModel]) -> None:
    [row] = re.findall(rf"^\| `{dag_id}` \|.*$", README, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == {dag_id, *form.model_fields}


def test_readme_names_every_setting_with_its_default() -> None:
    text = section(README, "Settings are environment variables")
    named = dict(re.findall(r"`(GITHUB_SYNC_\w+)`(?: \((\d+))?", text))
    fields = {f"{PREFIX}{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert named == {
        name: str(field.default) if field.annotation is int else ""
        for name, field in fields.items()
    }


def test_readme_names_every_table_and_view(database: Database) -> None:
    found = database.rows(
        "select table_name from information_schema.tables where table_schema = 'github'"
    )
    names = {row["table_name"] for row in found} - {"schema_version"}
    assert first_cells(section(README, "| Table of the schema `github` |")) == names


def test_the_runbook_explains_every_state() -> None:
    table = section(OPERATING, "| State | Meaning |")
    assert first_cells(table) == set(STATES) - {"complete"}


def test_the_runbook_has_a_remedy_for_every_error() -> None:
    ours = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.SyncError)
    }
    table = section(OPERATING, "| `error_class` |")
    named = {name for name in first_cells(table) if "/" not in name}
    assert named == (ours - NOT_FINAL) | NOT_OURS


def test_the_guide_names_every_metric_of_a_run() -> None:
    named = first_cells(section(DEPLOYING, "| Metric | Kind |"))
    assert {name.rpartition(".")[2] for name in named} >= set(OF_THE_RUN)


@pytest.mark.parametrize("label", sorted(set(re.findall(r"\*\*([A-Z][a-z ]+)\*\*", OPERATING))))
def test_the_ui_has_the_button(label: str) -> None:
    templates = (ROOT / "plugins/github_sync/ui/templates").glob("*.html")
    assert any(f">{label}</button>" in path.read_text(encoding="utf-8") for path in templates)
