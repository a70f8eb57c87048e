"""From a request to its answer: faults, authentication, quota, GraphQL or REST, the log."""

from __future__ import annotations

import secrets
from dataclasses import replace
from email.utils import format_datetime

from github_server.apps import INSTALLATION_TOKENS, create_installation_token, suspended
from github_server.exchange import Answer, ReceivedRequest
from github_server.faults import RequestFaults
from github_server.graphql_api import answer_graphql
from github_server.request_log import LoggedRequest
from github_server.resolving import Context
from github_server.rest import FREE_PATHS, answer_rest
from github_server.tokens import Quota, Token, rate_limit_error
from github_server.world import World


def answer(world: World, request: ReceivedRequest) -> Answer:
    """Answer a request, or spoil the answer as the world's faults want it."""
    faults = world.faults.faults_for(request)
    faults.before_answer()
    with world.lock:
        token = world.valid_token(request.credential)
        true = faults.edited(_true_answer(world, request, token, faults), request.variables)
        settled = _spoiled(true, faults)
        settled.headers = {**_common_headers(world), **settled.headers}
        _log(world, request, token, settled)
    faults.before_sending()
    return settled


def _true_answer(
    world: World, request: ReceivedRequest, token: Token | None, faults: RequestFaults
) -> Answer:
    if INSTALLATION_TOKENS.fullmatch(request.path):
        return create_installation_token(world, request)
    if token is None:
        message = "Bad credentials" if request.credential else "Requires authentication"
        return Answer.of_message(401, message)
    if refusal := _refusal_of_installation(world, token):
        return refusal
    quota = token.quota("graphql" if request.is_graphql else "core", world.rate_limit, world.now())
    enough = request.path in FREE_PATHS or quota.spend()
    made = (
        _within_quota(world, request, token, quota, faults)
        if enough
        else _spent(world, request, token)
    )
    made.headers = {**_quota_headers(quota), **token.headers, **made.headers}
    return made


def _refusal_of_installation(world: World, token: Token) -> Answer | None:
    """A new token that GitHub does not know everywhere yet; a suspended installation."""
    if token.first_uses_refused > 0:
        token.first_uses_refused -= 1
        return Answer.of_message(401, "Bad credentials")
    installation = world.installations.get(token.installation_id or 0)
    return suspended() if installation and installation.is_suspended else None


def _within_quota(
    world: World, request: ReceivedRequest, token: Token, quota: Quota, faults: RequestFaults
) -> Answer:
    if request.is_graphql:
        context = Context(world, token, quota, faults.null_nodes, faults.heavy, faults.heavy_counts)
        return answer_graphql(request, context)
    return answer_rest(world, request, token)


def _spent(world: World, request: ReceivedRequest, token: Token) -> Answer:
    if request.is_graphql:
        return Answer.of_json({"errors": [rate_limit_error(world.rate_limit, token)]})
    message = f"API rate limit exceeded for {token.holder}."
    url = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
    return Answer.of_message(403, message, url)


def _spoiled(true: Answer, faults: RequestFaults) -> Answer:
    fault = faults.replacement
    if fault is None:
        return true
    own = fault.answer()
    base = (
        replace(true, headers={**true.headers, **fault.headers})
        if own is None
        else replace(own, headers={**_kept(true), **own.headers})
    )
    return replace(
        base,
        drop=fault.drop,
        truncate=fault.truncate,
        repeated_headers=fault.repeated_headers,
        drip_seconds=fault.drip_seconds,
        is_endless=fault.is_endless,
    )


def _kept(true: Answer) -> dict[str, str]:
    return {name: value for name, value in true.headers.items() if name.startswith("x-ratelimit")}


def _quota_headers(quota: Quota) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(quota.limit),
        "x-ratelimit-remaining": str(quota.remaining),
        "x-ratelimit-reset": str(quota.reset),
        "x-ratelimit-used": str(quota.used),
        "x-ratelimit-resource": quota.resource,
    }


def _common_headers(world: World) -> dict[str, str]:
    parts = (4, 4, 7, 7, 8)
    request_id = ":".join(secrets.token_hex(4).upper()[:length] for length in parts)
    return {
        "date": format_datetime(world.now(), usegmt=True),
        "server": "GitHub.com",
        "x-github-request-id": request_id,
    }


def _log(world: World, request: ReceivedRequest, token: Token | None, settled: Answer) -> None:
    world.log(
        LoggedRequest(
            at=world.now(),
            method=request.method,
            path=request.path,
            status=0 if settled.drop else settled.status,
            operation=request.operation,
            variables=request.variables,
            parameters=dict(request.parameters),
            token_suffix=token.suffix if token else None,
        )
    )
