"""Which alerts there are about failed runs, from how many failures on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from github_server import Repository
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]
HERE = "tests.dags.notifiers"


@pytest.fixture
def alerts_file(airflow: Airflow, tmp_path: Path) -> Path:
    """The file of the alerts; a broken notifier is called first."""
    file = tmp_path / "alerts.txt"
    file.touch()
    writing = {"path": str(file), "text": "{{ github_sync_alert }} ({{ dag.dag_id }})"}
    notifiers = [
        {"notifier": f"{HERE}.BrokenNotifier"},
        {"notifier": f"{HERE}.WritingNotifier", "kwargs": writing},
    ]
    airflow.set("GITHUB_SYNC_NOTIFIERS", json.dumps(notifiers))
    return file


def lose(airflow: Airflow, on_github: OnGitHub, *names: str) -> None:
    """Track these, then have GitHub lose them."""
    repositories = on_github(*names)
    airflow.add(*names)
    for repository in repositories:
        airflow.world.delete_repository(repository)


def test_a_failed_run_is_reported(airflow: Airflow, on_github: OnGitHub, alerts_file: Path) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    lose(airflow, on_github, "acme/gone", "acme/lost")

    run = airflow.sync()

    text = alerts_file.read_text()
    assert f"GitHub Sync: 2 of 3 repositories failed in the run {run.run_id}." in text
    assert "- acme/gone (connection github_default): not found on GitHub." in text
    assert "(sync_github_repositories)" in text
    assert text.count("GitHub Sync:") == 1
    assert "BrokenNotifier failed: the service is away" in run.log


def test_what_could_not_be_announced_is_reported(
    airflow: Airflow, on_github: OnGitHub, alerts_file: Path
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    run = airflow.begin()
    run.run_task("list_active_repositories")
    run.run_task("sync_repository", 0)
    airflow.set("GITHUB_SYNC_POSTGRES_CONN_ID", "nowhere")

    assert run.run_task("announce_changes") == "failed"

    text = alerts_file.read_text()
    assert (
        f"the changes of the run {run.run_id} were not announced to other Dags.\nSee http" in text
    )


def test_a_good_run_is_not(airflow: Airflow, on_github: OnGitHub, alerts_file: Path) -> None:
    on_github("acme/api")
    airflow.add("acme/api")

    assert airflow.sync().state == "success"

    assert alerts_file.read_text() == ""


@pytest.mark.parametrize(("threshold", "alerts"), [(2, 1), (3, 0)])
def test_from_the_threshold_on(
    airflow: Airflow, on_github: OnGitHub, alerts_file: Path, threshold: int, alerts: int
) -> None:
    lose(airflow, on_github, "acme/gone", "acme/lost")
    airflow.set("GITHUB_SYNC_ALERT_THRESHOLD", str(threshold))

    run = airflow.sync()

    assert run.state == "failed"
    assert alerts_file.read_text().count("GitHub Sync:") == alerts
    assert ("no alert" in run.log) == (alerts == 0)


def test_a_run_without_a_list_is_reported_whatever_the_threshold(
    airflow: Airflow, alerts_file: Path
) -> None:
    airflow.set("GITHUB_SYNC_ALERT_THRESHOLD", "1000")

    airflow.sync(repository=["acme/api"])

    assert "synced nothing" in alerts_file.read_text()
    assert "list_active_repositories did not succeed" in alerts_file.read_text()


def test_a_run_that_failed_by_another_setting_is_reported(
    airflow: Airflow, alerts_file: Path
) -> None:
    airflow.set("GITHUB_SYNC_PAGE_SIZE", "many")

    run = airflow.sync()

    assert run.state == "failed"
    assert "list_active_repositories did not succeed" in alerts_file.read_text()


def test_a_notifier_that_cannot_be_made_keeps_none_from_being_called(
    airflow: Airflow, on_github: OnGitHub, alerts_file: Path
) -> None:
    lose(airflow, on_github, "acme/gone")
    address = "https://hooks.example.com/services/T0/B0/s3cr3t"
    picky = {"notifier": f"{HERE}.PickyNotifier", "kwargs": {"address": address}}
    bad = [{"notifier": "no.such.Notifier"}, picky]
    good = json.loads(os.environ["GITHUB_SYNC_NOTIFIERS"])
    airflow.set("GITHUB_SYNC_NOTIFIERS", json.dumps(bad + good))

    run = airflow.sync()

    assert "1 of 1 repositories failed" in alerts_file.read_text()
    assert run.log.count("A notifier was not called") > 1
    assert "s3cr3t" not in run.log


def test_many_are_counted_and_five_are_named(
    airflow: Airflow, on_github: OnGitHub, alerts_file: Path
) -> None:
    lose(airflow, on_github, *(f"acme/{number}" for number in range(7)))

    airflow.sync()

    text = alerts_file.read_text()
    assert "7 of 7 repositories failed" in text
    assert "- and 2 more" in text
    assert sum(f"- acme/{number} " in text for number in range(7)) == 5


@pytest.mark.parametrize(
    "setting",
    ["Slack", "{}x", "7", '["a"]', '[{"kwargs": {}}]', '[{"notifier": "a.b", "kwargs": "secret"}]'],
)
def test_a_setting_that_is_no_list_of_notifiers_fails_the_first_task(
    airflow: Airflow, on_github: OnGitHub, setting: str
) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    airflow.set("GITHUB_SYNC_NOTIFIERS", setting)

    run = airflow.begin()

    assert run.run_task("list_active_repositories") == "failed"
    said = airflow.log.read()
    assert "GITHUB_SYNC_NOTIFIERS is not a list of notifiers" in said
    assert "secret" not in said
    assert airflow.tracked("acme/api")["sync_status"] == "pending"


@pytest.mark.parametrize(
    "setting",
    ['[{"notifier": "no.such.Notifier"}]',
     '[{"notifier": "tests.dags.notifiers.WritingNotifier", "kwargs": {"wrong": 1}}]'],
)  # fmt: skip
def test_a_notifier_that_cannot_be_made_is_said_and_breaks_nothing(
    airflow: Airflow, on_github: OnGitHub, setting: str
) -> None:
    lose(airflow, on_github, "acme/gone")
    airflow.set("GITHUB_SYNC_NOTIFIERS", setting)

    run = airflow.sync()

    assert run.state == "failed"
    assert re.search(r"not called: GITHUB_SYNC_NOTIFIERS cannot be used", run.log)
    assert airflow.tracked("acme/gone")["sync_status"] == "error"
