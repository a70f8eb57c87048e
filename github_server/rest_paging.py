"""REST's pages: by number, with Link headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from github_server.exchange import Answer, ReceivedRequest

MAX_PER_PAGE = 100
DEFAULT_PER_PAGE = 30

T = TypeVar("T")


def _itself(item: Any) -> Any:
    return item


def page_answer(
    request: ReceivedRequest, items: Sequence[T], payload: Callable[[T], Any] = _itself
) -> Answer:
    """The page that per_page and page ask for; items move between pages as the list changes."""
    per_page = min(_number(request, "per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE)
    page = _number(request, "page", 1)
    last = max(1, -(-len(items) // per_page))
    shown = items[(page - 1) * per_page : page * per_page]
    links = ", ".join(
        f'<{_url(request, number)}>; rel="{relation}"'
        for relation, number in _relations(page, last).items()
    )
    headers = {"link": links} if links else {}
    return Answer.of_json([payload(item) for item in shown], headers=headers)


def _relations(page: int, last: int) -> dict[str, int]:
    relations = {}
    if page > 1:
        relations["prev"] = page - 1
    if page < last:
        relations |= {"next": page + 1, "last": last}
    if page > 1:
        relations["first"] = 1
    return relations


def _url(request: ReceivedRequest, page: int) -> str:
    query = urlencode({**request.parameters, "page": page})
    return f"{request.base_url}{request.path}?{query}"


def _number(request: ReceivedRequest, name: str, default: int) -> int:
    text = request.parameters.get(name, "")
    return max(1, int(text)) if text.isdecimal() else default
