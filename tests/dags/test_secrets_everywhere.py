"""Secrets in hostile places, through a whole run: none comes out, not even into Airflow's files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from github_server import ALWAYS, Fault, Repository, World
from tests.conftest import AIRFLOW_HOME
from tests.fixtures.airflow import Airflow
from tests.fixtures.postgres import Database
from tests.fixtures.sentry import SentryListener

OnGitHub = Callable[..., list[Repository]]

TOKEN = "ghp_" + "Zy9Xw8Vu" * 4 + "Tt"
OPAQUE = "opaque-7c1f0b2d9e"
"""Of no known shape; Airflow knows it as the connection's password."""
PASSWORD = "postgres-4e6a8c0b1d"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7sQ3\n-----END RSA PRIVATE KEY-----"
SECRETS = {"token": TOKEN, "opaque": OPAQUE, "password": PASSWORD, "key": "MIIEpAIBAAKCAQEA7sQ3"}
SAID = f"Authorization: token {TOKEN}; the token {OPAQUE}; postgresql://u:{PASSWORD}@db/x; {KEY}"

PLACES: dict[str, dict[str, Any]] = {
    "refusal": {"status": 403, "body": {"message": SAID}},
    "page": {"status": 502, "body": f"<html>{SAID}</html>"},
    "graphql": {"graphql_errors": [{"type": "FORBIDDEN", "message": SAID}]},
    "unforeseen": {"graphql_errors": [{"type": "NEVER_SEEN", "message": SAID}]},
    "redirect": {"status": 302, "headers": {"location": f"https://u:{TOKEN}@nowhere.invalid/"}},
    "header": {"status": 401, "headers": {"x-github-request-id": TOKEN}, "body": {"message": SAID}},
    "not-json": {"status": 200, "body": SAID},
    "one-pull-request": {"null_nodes": {1: SAID}},
}


@pytest.fixture
def everywhere(
    world: World, airflow: Airflow, sentry: SentryListener, on_github: OnGitHub
) -> dict[str, str]:
    """What a run wrote, by where; each repository meets the secrets in another place."""
    world.token(OPAQUE)
    airflow.connect("github_default", conn_type="github", password=OPAQUE)
    connection = json.loads(airflow.database.airflow_connection) | {"password": PASSWORD}
    airflow.set("AIRFLOW_CONN_POSTGRES_DEFAULT", json.dumps(connection))
    airflow.set("SENTRY_DSN", sentry.dsn)
    repositories = on_github(*(f"hostile/{place}" for place in PLACES))
    tracked = airflow.track(*(repository.full_name for repository in repositories))
    for repository, fault in zip(repositories, PLACES.values(), strict=True):
        world.faults.add(_about(repository, fault))
    run = airflow.sync()
    assert run.summary["repos_error"] == len(PLACES) - 1, "all but the one with a bad pull request"
    assert len(sentry.events) == len(PLACES) - 1
    return {
        "the log": tracked.log + run.log,
        "the tables": _dump(airflow.database),
        "Sentry": json.dumps(sentry.events),
        "XComs": json.dumps(run.results, default=str),
        "Airflow's database": _metadata(),
    }


@pytest.mark.timeout(300)
def test_no_secret_comes_out(everywhere: dict[str, str]) -> None:
    for where, text in everywhere.items():
        assert "hostile/refusal" in text, f"{where} was really looked into"
        found = [name for name, secret in SECRETS.items() if secret in text]
        assert found == [], f"{where} shows {found}: {_around(text, SECRETS[found[0]])}"


def _around(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - 300) : at] + "HERE"


def _about(repository: Repository, fault: dict[str, Any]) -> Fault:
    def matches(variables: Any) -> bool:
        return repository.id in (variables.get("nodeId"), variables.get("repositoryId"))

    return Fault(variables=matches, times=ALWAYS, **fault)


def _dump(database: Database) -> str:
    """Every row of every table, as text."""
    tables = database.rows(
        "select table_name from information_schema.tables where table_schema = 'github'"
    )
    names = [row["table_name"] for row in tables]
    rows = [database.rows(f"select to_jsonb(t) as row from github.{name} as t") for name in names]
    return json.dumps(rows)


def _metadata() -> str:
    """All that Airflow keeps: rendered fields, XComs, Dag runs and logs among it."""
    files = [file for file in AIRFLOW_HOME.rglob("*") if file.is_file()]
    assert any(file.name == "airflow.db" for file in files)
    return "".join(file.read_bytes().decode("latin-1") for file in files)
