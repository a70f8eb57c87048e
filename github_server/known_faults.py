"""Faults as GitHub really serves them, by name; `where` takes Fault's other fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from github_server.faults import ALWAYS, NGINX_PAGE, Fault

UNICORN_PAGE = (
    "<!DOCTYPE html>\n<html>\n  <head>\n    <title>Unicorn! &middot; GitHub</title>\n  </head>\n"
    "  <body>\n    <p><strong>We had issues producing the response to your request.</strong></p>\n"
    "  </body>\n</html>\n"
)
TIMEOUT_MESSAGE = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it "
    "could be a GitHub bug. Please include `C318:5862:1A4A0BC:35D9657:652D73C9` when reporting "
    "this issue."
)
SECONDARY_LIMIT_MESSAGE = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID "
    "C318:5862:1A4A0BC:35D9657:652D73C9."
)
SECONDARY_LIMIT_URL = (
    "https://docs.github.com/free-pro-team@latest/rest/overview/"
    "rate-limits-for-the-rest-api#about-secondary-rate-limits"
)


def bad_gateway(**where: Any) -> Fault:
    """502 from the proxy, in HTML."""
    return Fault(status=502, body=NGINX_PAGE.format(title="502 Bad Gateway"), **where)


def gateway_timeout(**where: Any) -> Fault:
    """504 from the proxy, in HTML."""
    return Fault(status=504, body=NGINX_PAGE.format(title="504 Gateway Time-out"), **where)


def unicorn(status: int = 503, **where: Any) -> Fault:
    """GitHub's own page for an overloaded or broken back end."""
    return Fault(status=status, body=UNICORN_PAGE, **where)


def server_error(**where: Any) -> Fault:
    """500 with REST's usual body."""
    return Fault(status=500, body={"message": "Server Error"}, **where)


def query_timeout(status: int = 502, **where: Any) -> Fault:
    """A query that took GitHub more than ten seconds: 502, or 200, with this error in JSON."""
    error = {"message": TIMEOUT_MESSAGE}
    return Fault(status=status, graphql_errors=[error], **where)


def secondary_limit(retry_after: int | None = 60, status: int = 403, **where: Any) -> Fault:
    """Too many requests in too short a time; GitHub does not always say how long to wait."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    body = {"documentation_url": SECONDARY_LIMIT_URL, "message": SECONDARY_LIMIT_MESSAGE}
    return Fault(status=status, headers=headers, body=body, **where)


def dropped_connection(**where: Any) -> Fault:
    """The connection dies before a byte of the answer."""
    return Fault(drop=True, **where)


def truncated_answer(**where: Any) -> Fault:
    """The connection dies in the middle of the answer."""
    return Fault(truncate=True, **where)


def too_heavy(*numbers: int, **where: Any) -> Fault:
    """A request for the content of one of these pull requests gets a 502, however few it has."""
    return Fault(heavy=numbers, **where)


def too_heavy_to_count(**where: Any) -> Fault:
    """A request that counts the pull requests of one state gets a 502, at any page size."""
    return Fault(heavy_counts=True, **where)


def refused_field(*names: str, kind: str = "FORBIDDEN", message: str = "", **where: Any) -> Fault:
    """A field is null wherever it is asked for, beside an error of each path.

    :param names: the last names of its path, without ``nodes``: ``("reviews", "commit")``
    """

    def edit(answer: dict[str, Any], _: object) -> None:
        for path in list(_paths(answer.get("data"), names)):
            *above, name = path
            parent = answer["data"]
            for key in above:
                parent = parent[key]
            parent[name] = None
            answer.setdefault("errors", []).append(
                {"type": kind, "path": list(path), "message": message or NOT_ACCESSIBLE}
            )

    return Fault(edit=edit, **{"times": ALWAYS, **where})


NOT_ACCESSIBLE = "Resource not accessible by personal access token"


def _paths(
    value: Any, names: tuple[str, ...], path: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, names, (*path, index))
    for name, item in value.items() if isinstance(value, dict) else ():
        here = (*path, name)
        shown = tuple(key for key in here if isinstance(key, str) and key != "nodes")
        if shown[-len(names) :] == names:
            yield here
        else:
            yield from _paths(item, names, here)


def standing_cursor(**where: Any) -> Fault:
    """Each page behind a cursor ends at that same cursor, and claims that more follow."""

    def edit(answer: dict[str, Any], variables: Any) -> None:
        for page_info in _page_infos(answer.get("data")) if variables.get("after") else ():
            page_info |= {"hasNextPage": True, "endCursor": variables["after"]}

    return Fault(edit=edit, **{"times": ALWAYS, **where})


def null_cursor(**where: Any) -> Fault:
    """Each page claims that more follow, but has no cursor."""

    def edit(answer: dict[str, Any], _: object) -> None:
        for page_info in _page_infos(answer.get("data")):
            page_info |= {"hasNextPage": True, "endCursor": None}

    return Fault(edit=edit, **{"times": ALWAYS, **where})


def _page_infos(value: Any) -> Iterator[dict[str, Any]]:
    """Those of the outermost connections of pull requests, reviews, labels or repositories."""
    if isinstance(value, list):
        return
    for name, item in value.items() if isinstance(value, dict) else ():
        if name == "pageInfo":
            yield item
        else:
            yield from _page_infos(item)
