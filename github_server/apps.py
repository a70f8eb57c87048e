"""GitHub Apps: a JSON web token is traded for the token of an installation.

https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import jwt

from github_server.clock import iso_format_or_none
from github_server.exchange import REST_PREFIX, Answer, ReceivedRequest
from github_server.world import World

INSTALLATION_TOKENS = re.compile(rf"{REST_PREFIX}/app/installations/(\d+)/access_tokens")
UNDECODABLE = "A JSON web token could not be decoded"
EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at "
    "which the assertion expires"
)
TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
NOT_ISSUED_YET = (
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was "
    "issued"
)
LONGEST_JSON_WEB_TOKEN_SECONDS = 600


def suspended() -> Answer:
    """What GitHub answers for a suspended installation."""
    return Answer.of_message(403, "This installation has been suspended")


def create_installation_token(world: World, request: ReceivedRequest) -> Answer:
    """Trade a GitHub App's JSON web token for an installation token."""
    match = INSTALLATION_TOKENS.fullmatch(request.path)
    installation = world.installations.get(int(match[1])) if match else None
    try:
        claims = jwt.decode(request.credential, options={"verify_signature": False})
    except jwt.PyJWTError:
        return Answer.of_message(401, UNDECODABLE)
    if refusal := _refusal_of_app(world, request.credential, claims):
        return refusal
    if installation is None or str(claims.get("iss")) != str(installation.app_id):
        return Answer.of_message(404, "Not Found")
    if installation.is_suspended:
        return suspended()
    token = world.installation_token(installation)
    created = {
        "token": token.secret,
        "expires_at": iso_format_or_none(token.expires_at),
        "permissions": dict(installation.permissions),
        "repository_selection": "all" if token.sees is None else "selected",
    }
    return Answer.of_json(created, 201)


def _refusal_of_app(world: World, credential: str, claims: Mapping[str, Any]) -> Answer | None:
    """None if the App exists, signed with its key, and has the right time."""
    app_id = str(claims.get("iss"))
    apps = [each for each in world.installations.values() if str(each.app_id) == app_id]
    if not apps:
        return Answer.of_message(404, "Integration not found")
    key = apps[0].public_key
    return _refusal_of_claims(world, credential, claims, key) if key else None


def _refusal_of_claims(
    world: World, credential: str, claims: Mapping[str, Any], public_key: str
) -> Answer | None:
    unchecked = {"verify_exp": False, "verify_iat": False}
    try:
        jwt.decode(credential, public_key, algorithms=["RS256"], options=cast("Any", unchecked))
    except jwt.PyJWTError:
        return Answer.of_message(401, UNDECODABLE)
    now = world.now().timestamp()
    if claims["exp"] <= now:
        return Answer.of_message(401, EXPIRED)
    if claims["exp"] > now + LONGEST_JSON_WEB_TOKEN_SECONDS:
        return Answer.of_message(401, TOO_FAR)
    return Answer.of_message(401, NOT_ISSUED_YET) if claims["iat"] > now else None
