"""A GitHub App's tokens need patience, and each thing that may be wrong with it has its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from github_server import ALWAYS, Fault, Repository, World
from github_server.tokens import AppInstallation
from github_sync import errors
from tests.fixtures.github_app import OTHER_KEY, PUBLIC_KEY, AppSyncing
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

TOKENS = "/api/v3/app/installations/"


@pytest.fixture
def app(world: World) -> AppInstallation:
    return world.app(app_id=12, installation_id=34, public_key=PUBLIC_KEY)


@pytest.fixture
def syncing(syncing: Syncing, app: AppInstallation) -> AppSyncing:
    return AppSyncing(syncing.world, syncing.server, syncing.database)


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world, pull_requests=150)


@pytest.fixture
def repository_id(syncing: AppSyncing, api: Repository) -> int:
    return syncing.track(api)


@pytest.fixture(params=[0, -3, 400], ids=["right clock", "clock 3 h behind", "400 days ahead"])
def clock(request: pytest.FixtureRequest, world: World) -> Iterator[None]:
    """The worker's clock, as far from GitHub's."""
    off = timedelta(hours=request.param) if request.param <= 0 else timedelta(days=request.param)
    with time_machine.travel(world.now() + off, tick=True):
        yield


def token_requests(world: World) -> list[int]:
    return [one.status for one in world.request_log if one.path.startswith(TOKENS)]


def test_the_workers_clock_does_not_matter(
    world: World, syncing: AppSyncing, api: Repository, repository_id: int, clock: None
) -> None:
    syncing.sync(repository_id)

    syncing.assert_equal(api)
    assert token_requests(world) in ([201], [401, 201])


@pytest.mark.parametrize("refused", [1, 2, 3])
def test_a_new_token_that_github_does_not_know_everywhere_yet(
    syncing: AppSyncing, app: AppInstallation, api: Repository, repository_id: int, refused: int
) -> None:
    world = syncing.world
    app.first_uses_refused = refused

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    statuses = [one.status for one in world.requests_of("ChangedPullRequests")]
    assert statuses == [401] * refused + [200, 200], "the same token is tried again"
    assert token_requests(world).count(201) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403, "body": {"message": "Resource not accessible by integration"}},
        {"graphql_errors": [{"type": "NOT_FOUND", "message": "Could not resolve", "path": ["x"]}]},
        {"graphql_errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]},
    ],
)
def test_what_a_new_token_may_not_see_yet(
    world: World, syncing: AppSyncing, api: Repository, repository_id: int, answer: dict[str, Any]
) -> None:
    """GitHub answers 403 or 404 to one that it does not know everywhere."""
    world.faults.add(Fault(operation="ChangedPullRequests", times=1, **answer))

    syncing.sync(repository_id)

    syncing.assert_equal(api)


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_a_token_that_ends_in_the_middle_of_a_sync(
    syncing: AppSyncing, app: AppInstallation, api: Repository, repository_id: int, refused: int
) -> None:
    world = syncing.world

    def end_all() -> None:
        app.first_uses_refused = refused
        for token in list(world.tokens.values()):
            if token.installation_id:
                world.revoke(token)

    world.faults.add(Fault(operation="ChangedPullRequests", times=1, before_sending=end_all))

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    statuses = [one.status for one in world.requests_of("ChangedPullRequests")]
    assert statuses == [200, 401, *[401] * refused, 200]


def test_tokens_that_are_always_refused_cost_few_requests(
    world: World, syncing: AppSyncing, repository_id: int
) -> None:
    world.faults.add(Fault(operation="ChangedPullRequests", status=401, times=ALWAYS))

    with pytest.raises(errors.BadCredentials, match=r"is a GitHub App.*not suspended") as caught:
        syncing.sync(repository_id, is_last_try=False)

    assert "Enter a valid token" not in str(caught.value)
    assert len(world.request_log) == 6, "a new token, and four requests"
    assert syncing.attempts(repository_id)[0]["is_final"]


def suspend(world: World, _: AppSyncing) -> None:
    world.installations[34].is_suspended = True


def uninstall(world: World, _: AppSyncing) -> None:
    world.app(app_id=12, installation_id=35, public_key=PUBLIC_KEY)
    del world.installations[34]


def another_apps_installation(world: World, syncing: AppSyncing) -> None:
    world.app(app_id=13, installation_id=35)
    syncing.app["installation_id"] = 35


def wrong_app_id(_: World, syncing: AppSyncing) -> None:
    syncing.app["app_id"] = 99


def wrong_key(_: World, syncing: AppSyncing) -> None:
    syncing.app["private_key"] = OTHER_KEY


def no_date(world: World, _: AppSyncing) -> None:
    fault = Fault(path=TOKENS, times=ALWAYS, status=401, headers={"date": ""})
    fault.body = {"message": "'Expiration time' claim ('exp') is too far in the future"}
    world.faults.add(fault)


def too_many_permissions(world: World, _: AppSyncing) -> None:
    message = "The permissions requested are not granted to this installation."
    world.faults.add(Fault(path=TOKENS, times=ALWAYS, status=422, body={"message": message}))


WRONG = {
    "suspended": (suspend, "Unsuspend its installation"),
    "uninstalled": (uninstall, "Install the App again"),
    "another App's installation": (another_apps_installation, "installation_id"),
    "wrong app_id": (wrong_app_id, "as app_id"),
    "wrong private key": (wrong_key, "Generate a private key"),
    "wrong clock, and GitHub does not say the time": (no_date, "Correct the clock"),
    "too many permissions": (too_many_permissions, "Remove token_permissions"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_the_app_is_named_at_once(
    world: World, syncing: AppSyncing, repository_id: int, case: str
) -> None:
    break_it, remedy = WRONG[case]
    break_it(world, syncing)

    with pytest.raises(errors.AppRefused) as caught:
        syncing.sync(repository_id, is_last_try=False)

    assert str(caught.value).startswith("acme/api (connection github_app): ")
    assert remedy in str(caught.value)
    assert "Enter a valid token" not in str(caught.value)
    assert len(world.request_log) <= 2
    [attempt] = syncing.attempts(repository_id)
    assert (attempt["error_class"], attempt["is_final"]) == ("AppRefused", True)


@pytest.mark.parametrize("case", ["suspended", "uninstalled"])
def test_the_remedy_repairs_it(
    world: World, syncing: AppSyncing, api: Repository, repository_id: int, case: str
) -> None:
    WRONG[case][0](world, syncing)
    with pytest.raises(errors.AppRefused):
        syncing.sync(repository_id)

    if case == "suspended":
        world.installations[34].is_suspended = False
    else:
        syncing.app["installation_id"] = 35
    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_suspended_in_the_middle_of_a_sync(
    world: World, syncing: AppSyncing, repository_id: int
) -> None:
    def suspend_it() -> None:
        suspend(world, syncing)

    world.faults.add(Fault(operation="ChangedPullRequests", times=1, before_sending=suspend_it))

    with pytest.raises(errors.AppRefused, match="Unsuspend its installation"):
        syncing.sync(repository_id)


@pytest.mark.parametrize("body", ["{}", "[]", '{"token": "x"}', '{"token": "x", "expires_at": 7}'])
def test_an_answer_without_a_token_is_worth_another_try(
    world: World, syncing: AppSyncing, api: Repository, repository_id: int, body: str
) -> None:
    world.faults.add(Fault(path=TOKENS, times=2, status=201, body=body))

    syncing.sync(repository_id)

    syncing.assert_equal(api)


def test_an_outage_of_the_token_endpoint_does_not_shrink_the_page(
    world: World, syncing: AppSyncing, api: Repository, repository_id: int
) -> None:
    world.faults.add(Fault(path=TOKENS, times=3, status=502))

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    sizes = {one.variables["pageSize"] for one in world.requests_of("ChangedPullRequests")}
    assert sizes == {100}


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 502, "times": 3}, {"drop": True}])
def test_whether_pull_requests_are_enabled_is_asked_again_too(
    world: World, syncing: AppSyncing, fault: dict[str, Any]
) -> None:
    empty = world.repository("acme/empty")
    repository_id = syncing.track(empty)
    world.faults.add(Fault(path="/api/v3/repositories/", **fault))

    assert syncing.sync(repository_id)["status"] == "complete"

    asked = [one for one in world.request_log if "/repositories/" in one.path]
    assert len(asked) >= 2, "it was asked, and the fault was met"


def test_a_personal_token_is_refused_for_a_moment(world: World, syncing: Syncing) -> None:
    plain = Syncing(world, syncing.server, syncing.database)
    repository_id = plain.track(with_history(world))
    world.faults.add(Fault(status=401, times=1))

    plain.sync(repository_id)

    assert [one.status for one in world.request_log] == [401, 200]
