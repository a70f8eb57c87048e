"""Runs of track_github_repositories that are given something wrong: each names the culprit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.exceptions import ParamValidationError

from github_server import SAMPLE_TOKEN, Fault, Repository, World
from tests.fixtures.airflow import Airflow

OnGitHub = Callable[..., list[Repository]]


def tracked_names(airflow: Airflow) -> list[str]:
    """Also before there is a schema."""
    exists = airflow.database.one("select to_regclass('github.tracked_repositories') as table")
    if exists["table"] is None:
        return []
    rows = airflow.database.rows("select full_name from github.tracked_repositories order by 1")
    return [row["full_name"] for row in rows]


def test_refused_names_are_reported_one_by_one_and_the_others_are_applied(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "acme/web", "walled/garden")
    world.token(SAMPLE_TOKEN, sso_blocked_orgs=["walled"])
    bad = ["acme/unknown", "walled/garden", "not-a-name", "https://github.com/acme/api", "a/b/c"]

    run = airflow.track("acme/api", *bad, "acme/web", organizations=["nobody", "not an owner"])

    assert run.state == "failed"
    result = run.result("track_repositories")
    assert result["tracked"] == ["acme/api", "acme/web"] == tracked_names(airflow)
    refused = {one["name"]: one["error"] for one in result["refused"]}
    assert set(refused) == {*bad, "nobody", "not an owner"}
    for name, error in refused.items():
        assert name in error
        assert error in run.log, "the log of the failed task says which names, and why"
    assert "single sign-on" in refused["walled/garden"]
    assert "owner/name" in refused["not-a-name"]
    assert run.tries["track_repositories"] == 1, "a retry cannot fix a name"


@pytest.mark.parametrize(
    ("conf", "culprits"),
    [
        ({"repository": ["acme/api"]}, ["'repository'", "repositories"]),
        ({"repositories": ["acme/api"], "active": False}, ["'active'", "is_active"]),
        ({}, ["repositories", "organizations"]),
        ({"repositories": [" ", ""]}, ["repositories"]),
        ({"repositories": ["acme/api"], "github_conn_id": "github_typo"}, ["'github_typo'"]),
        ({"check_only": True, "is_active": False}, ["check_only", "is_active"]),
    ],
    ids=[
        "unknown key",
        "another unknown key",
        "nothing named",
        "nothing but blanks",
        "no such connection",
        "a check that pauses",
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(
    conf: dict[str, Any], culprits: list[str], airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")

    run = airflow.run("track_github_repositories", **conf)

    assert run.state == "failed"
    assert run.tries["track_repositories"] == 1
    for culprit in culprits:
        assert culprit in run.log
    assert tracked_names(airflow) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("repositories", "acme/api"),
        ("repositories", [17]),
        ("organizations", {"acme": True}),
        ("is_active", "no"),
    ],
)
def test_a_value_of_the_wrong_kind_starts_no_run(key: str, value: object, airflow: Airflow) -> None:
    with pytest.raises(ParamValidationError, match=key):
        airflow.run("track_github_repositories", **{key: value})


def test_a_wrong_token_is_refused_and_nothing_is_tracked(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    airflow.connect("github_default", conn_type="github", password="not-the-token")

    run = airflow.track("acme/api")

    assert run.state == "failed"
    assert run.tries["track_repositories"] == 1
    assert "refused the credentials" in run.log
    assert "github_default" in run.log, "the connection is the culprit: it must be named"
    assert tracked_names(airflow) == []


def test_github_away_is_tried_again_and_then_tells_so(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    world.faults.add(Fault(status=502, times=4))

    run = airflow.track("acme/api")

    assert (run.state, run.tries["track_repositories"]) == ("success", 2)
    airflow.server.stop()
    down = airflow.track("acme/web")
    assert (down.state, down.tries["track_repositories"]) == ("failed", 4)
    assert tracked_names(airflow) == ["acme/api"]
