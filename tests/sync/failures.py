"""Pull requests that cannot be served or stored, and what sync_failures says about them."""

from __future__ import annotations

from typing import Any

from github_server import Fault, PullRequest, World
from tests.fixtures.syncing import Syncing

REFUSED = "a title that Postgres refuses"


def recorded_failures(syncing: Syncing) -> list[dict[str, Any]]:
    return syncing.database.rows("select * from github.sync_failures order by number")


def fail(world: World, *numbers: int, why: Any = "Something went wrong") -> Fault:
    """GitHub cannot serve these until the fault is removed."""
    return world.faults.add(Fault(null_nodes=dict.fromkeys(numbers, why)))


def refuse(syncing: Syncing) -> None:
    """Let Postgres refuse one title, as it refuses a value out of range."""
    syncing.database.rows(
        "alter table github.pull_requests "
        f"add constraint pull_requests_title_check check (title <> '{REFUSED}')"
    )


def assert_all_but(syncing: Syncing, *missing: PullRequest) -> None:
    rows = syncing.database.rows("select number from github.pull_requests")
    everything = set(missing[0].repository.pull_requests)
    assert {row["number"] for row in rows} == everything - {one.number for one in missing}
