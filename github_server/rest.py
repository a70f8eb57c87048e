"""The part of the REST API that a job written for it would use."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from github_server import rest_payloads as payloads
from github_server.clock import iso_format, utc
from github_server.errors import (
    BLOCKED_MESSAGE,
    IP_MESSAGE,
    SSO_MESSAGE,
    not_accessible,
    sso_headers,
)
from github_server.exchange import REST_PREFIX, Answer, ReceivedRequest
from github_server.pull_requests import PullRequest
from github_server.repositories import Issue, Repository
from github_server.rest_paging import page_answer
from github_server.tokens import Token
from github_server.world import World

FREE_PATHS = {f"{REST_PREFIX}/rate_limit"}
SSO_URL = (
    "https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-"
    "single-sign-on/"
)
ROUTES: list[tuple[re.Pattern[str], Callable[..., Answer]]] = []


@dataclass
class RestRequest:
    """What a REST handler needs to know."""

    world: World
    token: Token
    received: ReceivedRequest
    urls: payloads.Urls = field(init=False)

    def __post_init__(self) -> None:
        self.urls = payloads.Urls(self.received.base_url + REST_PREFIX)

    def parameter(self, name: str, default: str) -> str:
        """A query parameter."""
        return self.received.parameters.get(name, default)


class RestError(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[..., Answer]


def route(pattern: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a GET path; its groups become arguments."""

    def register(handler: Handler) -> Handler:
        ROUTES.append((re.compile(REST_PREFIX + pattern), handler))
        return handler

    return register


def answer_rest(world: World, request: ReceivedRequest, token: Token) -> Answer:
    """Answer a REST request of an authenticated client."""
    if request.method not in ("GET", "HEAD"):
        return not_found()
    for pattern, handler in ROUTES:
        if match := pattern.fullmatch(request.path):
            try:
                return handler(RestRequest(world, token, request), **match.groupdict())
            except RestError as error:
                return error.answer
    return not_found()


def not_found() -> Answer:
    """GitHub's 404."""
    return Answer.of_message(404, "Not Found")


@route("/meta")
def _meta(_: RestRequest) -> Answer:
    return Answer.of_json({"verifiable_password_authentication": False})


@route("/rate_limit")
def _rate_limit(request: RestRequest) -> Answer:
    world, now = request.world, request.world.now()
    quotas = [request.token.quota(name, world.rate_limit, now) for name in ("core", "graphql")]
    resources = {quota.resource: payloads.quota(quota) for quota in quotas}
    return Answer.of_json({"resources": resources, "rate": resources["core"]})


@route("/user")
def _user(request: RestRequest) -> Answer:
    return Answer.of_json(payloads.actor(request.token.user, request.urls))


@route(r"/repositories/(?P<database_id>\d+)")
def _repository_by_id(request: RestRequest, database_id: str) -> Answer:
    repositories = request.world.repositories.values()
    found = (each for each in repositories if each.database_id == int(database_id))
    repository = _visible(request, next(found, None))
    return Answer.of_json(payloads.repository(repository, request.urls))


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)")
def _repository(request: RestRequest, full_name: str) -> Answer:
    repository = _find(request, full_name, "")
    return Answer.of_json(payloads.repository(repository, request.urls))


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)/issues")
def _issues(request: RestRequest, full_name: str) -> Answer:
    repository = _find(request, full_name, "/issues")
    found: list[Issue | PullRequest] = [
        *repository.issues.values(),
        *repository.pull_requests.values(),
    ]
    since = _since(request)
    recent = [each for each in found if since is None or each.updated_at >= since]
    return _list(request, recent, payloads.issue)


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)/issues/(?P<number>\d+)")
def _issue(request: RestRequest, full_name: str, number: str) -> Answer:
    repository = _find(request, full_name, f"/issues/{number}")
    found = repository.issues.get(int(number)) or repository.pull_requests.get(int(number))
    return Answer.of_json(payloads.issue(found, request.urls)) if found else not_found()


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)/pulls")
def _pulls(request: RestRequest, full_name: str) -> Answer:
    repository = _find(request, full_name, "/pulls")
    enabled = repository.pull_requests_enabled
    found = list(repository.pull_requests.values()) if enabled else []
    return _list(request, found, payloads.pull_request_in_list)


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)/pulls/(?P<number>\d+)")
def _pull(request: RestRequest, full_name: str, number: str) -> Answer:
    repository = _find(request, full_name, f"/pulls/{number}")
    found = repository.pull_requests.get(int(number))
    return Answer.of_json(payloads.pull_request(found, request.urls)) if found else not_found()


@route(r"/repos/(?P<full_name>[^/]+/[^/]+)/pulls/(?P<number>\d+)/reviews")
def _reviews(request: RestRequest, full_name: str, number: str) -> Answer:
    repository = _find(request, full_name, f"/pulls/{number}/reviews")
    found = repository.pull_requests.get(int(number))
    if found is None:
        return not_found()
    shown = [payloads.review(each, request.urls) for each in found.reviews if each.visible]
    return page_answer(request.received, shown)


def _find(request: RestRequest, full_name: str, rest_of_path: str) -> Repository:
    """The repository of this name; 301 to its id if it had the name once, 404 if unseen."""
    repository = _visible(request, request.world.find_repository(full_name))
    if rest_of_path.startswith("/pulls") and not request.token.can_read_pull_requests(repository):
        raise RestError(Answer.of_message(403, not_accessible(request.token.secret).message))
    if repository.full_name.lower() == full_name.lower():
        return repository
    url = f"{request.urls.base}/repositories/{repository.database_id}{rest_of_path}"
    moved = Answer.of_message(301, "Moved Permanently", headers={"location": url}, url=url)
    raise RestError(moved)


def _visible(request: RestRequest, repository: Repository | None) -> Repository:
    if repository is None or not request.token.can_see(repository):
        raise RestError(not_found())
    if repository.block_reason:
        raise RestError(_blocked(repository))
    if refusal := request.token.refusal(repository):
        raise RestError(REFUSAL_ANSWERS[refusal](repository))
    return repository


def _blocked(repository: Repository) -> Answer:
    """https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api"""
    notice = f"https://github.com/github/dmca/blob/master/{repository.name}.md"
    block = {
        "reason": repository.block_reason,
        "created_at": iso_format(repository.created_at),
        "html_url": notice,
    }
    return Answer.of_json({"message": BLOCKED_MESSAGE, "block": block}, 451)


def _sso_required(repository: Repository) -> Answer:
    return Answer.of_message(403, SSO_MESSAGE, SSO_URL, sso_headers(repository.owner.url))


def _ip_not_allowed(repository: Repository) -> Answer:
    return Answer.of_message(403, IP_MESSAGE.format(login=repository.owner.login))


REFUSAL_ANSWERS: dict[str, Callable[[Repository], Answer]] = {
    "sso": _sso_required,
    "ip": _ip_not_allowed,
}


def _since(request: RestRequest) -> datetime | None:
    since = request.parameter("since", "")
    return utc(datetime.fromisoformat(since.replace("Z", "+00:00"))) if since else None


def _list(
    request: RestRequest,
    found: Sequence[Issue | PullRequest],
    payload: Callable[[Any, payloads.Urls], dict[str, Any]],
) -> Answer:
    """A page of issues or pull requests: filtered by state, sorted, newest first by default."""
    state = request.parameter("state", "open")
    wanted = [each for each in found if state in ("all", payloads.rest_state(each.state))]
    by_update = request.parameter("sort", "created") == "updated"
    newest_first = request.parameter("direction", "desc") == "desc"
    wanted.sort(
        key=lambda each: (each.updated_at if by_update else each.created_at, each.number),
        reverse=newest_first,
    )
    return page_answer(request.received, wanted, lambda each: payload(each, request.urls))
