"""Secrets that GitHub or Postgres repeat in their errors reach neither the tables nor a message."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from github_server import ALWAYS, Fault, World
from github_sync.store.warehouse import Warehouse
from github_sync.sync.repository import sync_repository
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

TOKEN = "ghp_" + "A1b2C3d4" * 4 + "Zz"
FINE_GRAINED = "github_pat_" + "A1b2C3d4" * 8
OLD_TOKEN = "0123456789abcdef" * 2 + "01234567"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
INSTALLATION_TOKEN = f"ghs_12345_{JWT}"
PASSWORD = "correct-horse-battery"

HOSTILE = " | ".join(
    [
        f"Authorization: token {TOKEN}",
        f"authorization: Bearer {FINE_GRAINED}",
        f"https://x-access-token:{TOKEN}@github.example/acme/api",
        f"https://github.example/api/graphql?access_token={OLD_TOKEN}",
        f"client_secret={PASSWORD}",
        f"{{'password': '{PASSWORD}'}}",
        f"bearer {JWT}",
        f"token {INSTALLATION_TOKEN}",
    ]
)
SECRETS = (TOKEN, FINE_GRAINED, OLD_TOKEN, PASSWORD, JWT, JWT.split(".")[2], JWT.split(".")[1])

ANSWERS: dict[str, dict[str, Any]] = {
    "a refusal in JSON": {"status": 403, "body": {"message": HOSTILE}},
    "a refusal in JSON, deeper": {"status": 422, "body": {"message": {"errors": [HOSTILE]}}},
    "a refusal as a list": {"status": 400, "body": f'["{HOSTILE}"]'},
    "a refusal in text": {"status": 400, "body": HOSTILE},
    "an outage": {"status": 503, "body": HOSTILE},
    "GraphQL": {"graphql_errors": [{"message": HOSTILE}]},
    "GraphQL, forbidden": {"graphql_errors": [{"type": "FORBIDDEN", "message": HOSTILE}]},
    "GraphQL, passing": {"graphql_errors": [{"type": "INTERNAL", "message": HOSTILE}]},
    "a spent quota": {"graphql_errors": [{"type": "RATE_LIMITED", "message": HOSTILE}]},
    "a cursor": {"graphql_errors": [{"type": "INVALID_CURSOR_ARGUMENTS", "message": HOSTILE}]},
}


@pytest.mark.parametrize("case", ANSWERS)
def test_secrets_in_githubs_errors(
    world: World, syncing: Syncing, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    repository_id = syncing.track(with_history(world))
    world.faults.add(Fault(**ANSWERS[case], times=ALWAYS))
    caplog.set_level(logging.DEBUG, logger="github_sync")

    with pytest.raises(Exception) as caught:  # noqa: PT011 (whichever it is, it must be silent)
        syncing.sync(repository_id)

    assert_silent(syncing, caught.value, caplog.text)


def test_secrets_in_the_error_of_one_pull_request(
    world: World, syncing: Syncing, caplog: pytest.LogCaptureFixture
) -> None:
    repository_id = syncing.track(with_history(world))
    world.faults.add(Fault(null_nodes={1: HOSTILE}))

    result = syncing.sync(repository_id)

    assert len(result["errors"]) == 1
    assert not any(secret in str(result) for secret in SECRETS)
    assert_silent(syncing, None, caplog.text)


def test_the_connections_own_token(
    world: World, syncing: Syncing, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where PyGithub's own errors hold the headers of the request."""
    repository_id = syncing.track(with_history(world))
    syncing.token = TOKEN
    caplog.set_level(logging.DEBUG, logger="github_sync")

    with pytest.raises(Exception, match="credentials") as caught:
        syncing.sync(repository_id)

    assert_silent(syncing, caught.value, caplog.text)


def test_a_password_in_postgress_refusal(world: World, syncing: Syncing) -> None:
    """What a pooler says of a connection string, as it loses the connection later on."""
    repository_id = syncing.track(with_history(world))
    syncing.database.rows(f"""
        create function refuse() returns trigger language plpgsql as $$
        begin
            raise exception 'postgresql://sync:{PASSWORD}@db/x password={PASSWORD}'
                using errcode = '08006';
        end $$
    """)
    syncing.database.rows(
        "create trigger refuse before insert on github.users execute function refuse()"
    )

    with pytest.raises(
        Exception, match="Postgres was unavailable or interrupted the statement"
    ) as caught:
        syncing.sync(repository_id)

    assert_silent(syncing, caught.value, "")


def test_a_password_in_an_error_of_no_ones(world: World, syncing: Syncing) -> None:
    repository_id = syncing.track(with_history(world))

    def open_github(_: object) -> Any:
        raise ValueError(f"https://sync:{PASSWORD}@proxy/ is not an address")

    with pytest.raises(ValueError, match="is not an address"):
        sync_repository(
            syncing.job(repository_id), syncing.database.warehouse, open_github, syncing.settings
        )

    [attempt] = syncing.attempts(repository_id)
    assert attempt["error_message"].startswith("acme/api: ValueError: ")
    assert_silent(syncing, None, "")


def test_a_warehouse_that_cannot_be_reached_again(
    world: World, syncing: Syncing, caplog: pytest.LogCaptureFixture
) -> None:
    repository_id = syncing.track(with_history(world))
    opened: list[Warehouse] = []

    def connect_once() -> Warehouse:
        if opened:
            raise ConnectionError(f"postgresql://sync:{PASSWORD}@db/warehouse is away")
        opened.append(syncing.database.warehouse())
        return opened[0]

    world.faults.add(Fault(status=401, times=2))
    with pytest.raises(Exception, match="credentials"):
        sync_repository(
            syncing.job(repository_id), connect_once, syncing.open_github, syncing.settings
        )

    assert "could not be recorded" in caplog.text
    assert_silent(syncing, None, caplog.text)


def assert_silent(syncing: Syncing, error: BaseException | None, log: str) -> None:
    said = {"the tables": tables(syncing), "the log": log, "the errors": chain(error)}
    for where, text in said.items():
        leaked = [secret for secret in SECRETS if secret in text]
        assert leaked == [], f"in {where}: {text[:2000]}"


def tables(syncing: Syncing) -> str:
    names = ("tracked_repositories", "sync_attempts", "sync_failures")
    return str([syncing.database.rows(f"select * from github.{name}") for name in names])


def chain(error: BaseException | None) -> str:
    """All that a traceback would print of it."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(texts)
