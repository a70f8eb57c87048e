"""A preflight's report in lines for the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from github_sync.entities.refused_fields import permission_of

MOST_READABLE = 20
"""Readable repositories that are listed one by one; beyond, they are counted."""


class Line(NamedTuple):
    """One line, and whether it is a warning."""

    text: str
    is_warning: bool = False


def report_lines(report: dict[str, Any]) -> Iterator[Line]:
    """The lines of a report, as :func:`github_sync.tracking.preflight.report` makes it."""
    for connection in report["connections"]:
        yield from _connection(connection)
        conn_id = connection["github_conn_id"]
        yield from _repositories(
            [one for one in report["repositories"] if one["github_conn_id"] == conn_id]
        )


def _connection(one: dict[str, Any]) -> Iterator[Line]:
    login = one["login"] or "an account that GitHub does not name"
    yield Line(f"Connection {one['github_conn_id']}: {one['kind']}, acts as {login}")
    if one["error"]:
        yield Line(f"  REFUSED OR NO ANSWER: {one['error']}", is_warning=True)
    facts = {
        **_rights(one),
        "expires": _expiry(one),
        "single sign-on": _sso(one["sso_required_by"]),
        "quota": _quota(one["quota"]),
    }
    yield from (Line(f"  {name + ':':16}{fact}") for name, fact in facts.items())
    yield from (Line(f"  TO DO: {text}", is_warning=True) for text in one["to_do"])


def _rights(one: dict[str, Any]) -> dict[str, str]:
    """Scopes or permissions: no kind of credentials has both."""
    if one["scopes"] is not None:
        return {"scopes": _scopes(one["scopes"])}
    return {"permissions": _permissions(one["permissions"])}


def _scopes(scopes: list[str]) -> str:
    private = "" if "repo" in scopes else " (public repositories only, without repo)"
    return (", ".join(scopes) or "none") + private


def _permissions(permissions: dict[str, str] | None) -> str:
    if permissions is None:
        return "not shown by GitHub; see below what they allow"
    return ", ".join(f"{name} {level}" for name, level in sorted(permissions.items())) or "none"


def _expiry(one: dict[str, Any]) -> str:
    if one["renews"]:
        return "never: renewed automatically each hour"
    return _moment(one["expires_at"]) if one["expires_at"] else "never, or GitHub does not show it"


def _sso(owners: list[str]) -> str:
    return f"required by {', '.join(owners)}" if owners else "not required"


def _quota(quota: dict[str, Any] | None) -> str:
    if quota is None:
        return "not shown by GitHub"
    until = _moment(quota["resets_at"])
    return f"{quota['remaining']:,} of {quota['limit']:,} points left until {until}"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"


def _repositories(found: list[dict[str, Any]]) -> Iterator[Line]:
    readable = [one for one in found if not one["error"]]
    yield from (Line(_readable(one)) for one in readable[:MOST_READABLE])
    if (more := len(readable) - MOST_READABLE) > 0:
        yield Line(f"  and {more:,} more, all readable")
    yield from (Line(_unreadable(one), is_warning=True) for one in found if one["error"])
    yield from _refused_fields(found)


def _refused_fields(found: list[dict[str, Any]]) -> Iterator[Line]:
    """Each field once, with the repositories of which GitHub refuses it."""
    names = sorted({name for one in found for name in one["refused_fields"]})
    for name in names:
        its = [one for one in found if name in one["refused_fields"]]
        where = ", ".join(one["repository"] for one in its[:MOST_READABLE])
        more = f" and {len(its) - MOST_READABLE:,} more" if len(its) > MOST_READABLE else ""
        yield Line(
            f"  WITHOUT {name}: {its[0]['refused_fields'][name]}. It stays NULL for {where}{more}. "
            f"Grant {permission_of(name)}.",
            is_warning=True,
        )


def _readable(one: dict[str, Any]) -> str:
    number = one["number"]
    if not number:
        return f"  {one['repository']}: readable, no pull requests yet"
    plural = "" if number == 1 else "s"
    return f"  {one['repository']}: readable, {number:,} pull request{plural} with reviews"


def _unreadable(one: dict[str, Any]) -> str:
    word = "NOT READABLE" if "no" in (one["pull_requests"], one["reviews"]) else "UNKNOWN"
    return f"  {word}: {one['error']}"
