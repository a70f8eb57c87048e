"""Proxies repeat and rewrite headers: the sync reads GitHub's time and quota all the same."""

from __future__ import annotations

from contextlib import closing

import pytest

from github_server import ALWAYS, Fault, Repository, World
from github_sync.errors import GitHubUnavailable
from github_sync.tracking.request import TrackRequest
from github_sync.tracking.track import track_repositories
from tests.fixtures.github import START
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

DATE = "Mon, 02 Mar 2026 04:00:00"
CHANGED = {
    "a second date": Fault(repeated_headers=[("date", f"{DATE} GMT")]),
    "a later one too": Fault(repeated_headers=[("date", "Mon, 02 Mar 2026 04:00:09 GMT")]),
    "-0000": Fault(headers={"date": f"{DATE} -0000"}),
    "-0000 and GMT": Fault(repeated_headers=[("date", f"{DATE} -0000")]),
    "a second quota": Fault(
        repeated_headers=[
            ("x-ratelimit-remaining", "4000"),
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-reset", "1772427600"),
            ("x-ratelimit-resource", "graphql"),
        ]
    ),
    "a quota of nonsense": Fault(
        repeated_headers=[("x-ratelimit-remaining", "many"), ("x-ratelimit-reset", "9" * 40)]
    ),
}


@pytest.fixture
def api(world: World) -> Repository:
    return with_history(world)


@pytest.mark.parametrize("case", CHANGED)
def test_a_sync_and_its_watermark(
    world: World, syncing: Syncing, api: Repository, case: str
) -> None:
    changed = CHANGED[case]
    changed.times, changed.times_used = ALWAYS, 0
    world.faults.add(changed)
    repository_id = syncing.track(api)

    syncing.sync(repository_id)

    syncing.assert_equal(api)
    watermark = syncing.last_sync_at(repository_id)
    assert watermark is not None
    assert abs((START - watermark).total_seconds()) < 5


@pytest.mark.parametrize("case", CHANGED)
def test_tracking_and_its_report(
    world: World, syncing: Syncing, api: Repository, case: str
) -> None:
    changed = CHANGED[case]
    changed.times, changed.times_used = ALWAYS, 0
    world.faults.add(changed)
    world.tokens[syncing.token].expires_at = START.replace(day=9)

    with closing(syncing.database.warehouse()) as warehouse:
        request = TrackRequest(organizations=["acme"])
        outcome = track_repositories(request, warehouse, syncing.open_github)

    assert outcome.tracked == [api.full_name]
    [connection] = (outcome.preflight or {})["connections"]
    assert any("expires soon" in text for text in connection["to_do"])


def test_an_answer_without_a_date_is_named(world: World, syncing: Syncing, api: Repository) -> None:
    world.faults.add(Fault(headers={"date": "yesterday"}, times=ALWAYS, body={"data": {"a": 1}}))

    with pytest.raises(GitHubUnavailable, match=r"no valid Date header.*whether a proxy"):
        syncing.sync(syncing.track(api))
