"""GitHub's headers, also as proxies change them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from github_sync.api.transport import headers

FOUR = "Mon, 02 Mar 2026 04:00:00"
TIME = datetime(2026, 3, 2, 4, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "date",
    [
        f"{FOUR} GMT",
        f"{FOUR} -0000",
        f"{FOUR} +0000",
        f"{FOUR} UTC",
        FOUR,
        "Mon, 02 Mar 2026 05:00:00 +0100",
        "Mon Mar  2 04:00:00 2026",
        "Monday, 02-Mar-26 04:00:00 GMT",
        f"{FOUR} GMT, {FOUR} GMT",
        f"{FOUR} GMT,{FOUR} -0000",
        f"{FOUR} GMT, Mon, 02 Mar 2026 04:00:07 GMT",
        f"Mon, 02 Mar 2026 04:00:07 GMT, {FOUR} GMT",
        f"Monday, 02-Mar-26 04:00:07 GMT, {FOUR} -0000",
        f"nonsense, {FOUR} GMT",
        f"{FOUR} GMT, Mon, nonsense",
    ],
)
def test_githubs_time(date: str) -> None:
    """Of several the earliest: what changed after it is read again."""
    assert headers.github_time({"date": date}) == TIME


@pytest.mark.parametrize(
    "date",
    [
        "",
        "soon",
        "0",
        ",",
        "2026-03-02T04:00:00Z",
        "Mon, 02 Mar 99999 04:00:00 GMT",
        "Mon, 32 Mar 2026 04:00:00 GMT",
        f"{FOUR} +9999",
        None,
    ],
)
def test_no_time(date: str | None) -> None:
    assert headers.github_time({"date": date}) is None
    assert headers.github_time({}) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("7, 7", 7), ("7, 5", 5), ("-3", -3), ("1.5", 1.5), ("x", None)],
)
def test_a_number(text: str, number: float | None) -> None:
    assert headers.number({"name": text}, "name") == number


@pytest.mark.parametrize("left", ["-1", "many", "", "1e3"])
def test_an_impossible_number_of_points(left: str) -> None:
    assert headers.remaining({"x-ratelimit-remaining": left}) is None


@pytest.mark.parametrize(
    ("resource", "is_graphql"),
    [("graphql", True), ("graphql, graphql", True), ("core", False), ("graphql, core", False)],
)
def test_whose_limit_it_is(resource: str, is_graphql: bool) -> None:
    assert headers.concerns_graphql({"x-ratelimit-resource": resource}) is is_graphql
    assert headers.concerns_graphql({})


@pytest.mark.parametrize("reset", ["9" * 30, "-5", "soon", ""])
def test_an_impossible_reset(reset: str) -> None:
    sent: dict[str, Any] = {"x-ratelimit-reset": reset, "date": f"{FOUR} GMT"}
    assert headers.resets_at(sent) is None
    assert headers.seconds_to_reset(sent) is None
