"""Runs of sync_github_repositories that are asked for something wrong: each names the culprit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.exceptions import ParamValidationError

from github_server import Repository
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]


@pytest.mark.parametrize(
    ("conf", "culprit"),
    [
        ({"repository": ["acme/api"]}, "'repository'"),
        ({"repositories": ["acme/api"], "full_refresh": True}, "'full_refresh'"),
        ({"repositories": ["acme/api", "acme/apy", "other/thing"]}, "acme/apy, other/thing"),
        ({"repositories": ["acme/api", "acme"]}, "'acme'"),
        ({"repositories": [" ", ""]}, "repositories"),
    ],
    ids=["unknown key", "another", "untracked", "malformed", "only blanks"],
)
def test_a_configuration_that_makes_no_sense_syncs_nothing(
    conf: dict[str, Any], culprit: str, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/apy")
    airflow.add("acme/api")
    run = airflow.begin(**conf)

    assert run.run_task("list_active_repositories") == "failed", "at once: a retry cannot fix it"

    assert culprit in airflow.log.read()


def test_a_misspelt_key_does_not_sync_everything(airflow: Airflow, on_github: OnGitHub) -> None:
    on_github("acme/api")
    airflow.add("acme/api")
    before = airflow.tracked("acme/api")

    run = airflow.sync(repository=["acme/api"])

    assert run.state == "failed"
    assert run.states["list_active_repositories"] == "failed"
    assert airflow.attempts("acme/api") == []
    assert airflow.tracked("acme/api") == before


def test_the_summary_tells_of_a_list_that_failed_too(airflow: Airflow) -> None:
    run = airflow.sync(repository=["acme/api"])

    assert run.state == "failed"
    assert run.states["summarize_run"] == "failed"
    assert "list_active_repositories did not succeed" in run.log
    counts = ("repos_dispatched", "repos_skipped", "repos_complete", "repos_error")
    assert [run.summary[count] for count in counts] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("key", "value"),
    [("repositories", "acme/api"), ("repositories", [17]), ("full_resync", "yes")],
)
def test_a_value_of_the_wrong_kind_starts_no_run(key: str, value: object, airflow: Airflow) -> None:
    with pytest.raises(ParamValidationError, match=key):
        airflow.sync(**{key: value})
