"""One Airflow, several GitHub connections and warehouses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from github_server import Repository, World
from tests.fixtures.airflow import Airflow
from tests.fixtures.postgres import Database
from tests.truth import stored, truth

OnGitHub = Callable[..., list[Repository]]


@pytest.fixture(scope="session")
def private_key() -> str:
    """As GitHub hands it out for an App."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def app_extra(private_key: str) -> dict[str, Any]:
    return {"app_id": 12, "installation_id": 34, "private_key": private_key}


def test_each_repository_is_read_with_its_own_connection(
    world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    ours, theirs = on_github("acme/api", "other/tool")
    world.token("token-of-acme", sees=["acme/api"])
    world.token("token-of-other", sees=["other/tool"])
    airflow.connect("github_default", conn_type="github", password="token-of-acme")
    airflow.connect("github_other", conn_type="github", password="token-of-other")
    airflow.track("acme/api")
    airflow.track("other/tool", github_conn_id="github_other")

    run = airflow.sync()

    assert run.state == "success"
    for repository in (ours, theirs):
        assert stored(airflow.database, repository) == truth(repository)


def test_a_connection_that_is_gone_fails_its_own_repositories_only(
    airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api", "other/tool")
    airflow.connect("github_other", conn_type="github", password="sample-token")
    airflow.add("acme/api")
    airflow.add("other/tool", github_conn_id="github_other")
    airflow.disconnect("github_other")

    run = airflow.sync()

    assert run.state == "failed"
    assert (run.summary["repos_complete"], run.summary["repos_error"]) == (1, 1)
    assert run.of("other/tool", run.tries) == 1
    error = airflow.tracked("other/tool")["last_sync_error"]
    assert "other/tool" in error
    assert "Airflow has no connection 'github_other'" in error


def test_a_github_app_tracks_and_syncs(
    private_key: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    [api] = on_github("acme/api")
    world.app(app_id=12, installation_id=34, sees=["acme/api"])
    airflow.connect("github_default", conn_type="github", extra=app_extra(private_key))

    tracked, run = airflow.track("acme/api"), airflow.sync()

    assert (tracked.state, run.state) == ("success", "success")
    assert stored(airflow.database, api) == truth(api)
    asked = [one for one in world.request_log if one.operation == "ChangedPullRequests"]
    assert asked, "with a token of the installation's"
    assert asked[-1].token_suffix != "…oken"


@pytest.mark.parametrize("broken", ["key", "installation"])
def test_a_github_app_that_is_set_up_wrongly_is_refused_by_the_connections_name(
    broken: str, private_key: str, world: World, airflow: Airflow, on_github: OnGitHub
) -> None:
    on_github("acme/api")
    world.app(app_id=12, installation_id=34 if broken == "key" else 35)
    key = "not a PEM" if broken == "key" else private_key
    airflow.connect("github_default", conn_type="github", extra=app_extra(key))

    run = airflow.track("acme/api")

    assert (run.state, run.tries["track_repositories"]) == ("failed", 1)
    assert "github_default" in run.log
    assert "installation_id" in run.log or "private_key" in run.log


def test_another_warehouse(
    airflow: Airflow, on_github: OnGitHub, database: Database, empty_database: Database
) -> None:
    [api] = on_github("acme/api")
    airflow.set("GITHUB_SYNC_POSTGRES_CONN_ID", "team_warehouse")
    airflow.set("AIRFLOW_CONN_TEAM_WAREHOUSE", database.airflow_connection)
    airflow.disconnect("postgres_default")

    tracked, run = airflow.track("acme/api"), airflow.sync()

    assert (tracked.state, run.state) == ("success", "success")
    assert stored(database, api) == truth(api)
    [schema] = empty_database.rows("select to_regnamespace('github') is null as is_untouched")
    assert schema["is_untouched"]
