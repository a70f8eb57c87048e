"""What GitHub answers to a GitHub App that asks for its installation's token.

https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from github_sync.api.transport.headers import Headers
from github_sync.api.transport.refusals import error_of_status, message_of
from github_sync.entities.values import parse_time
from github_sync.errors import AppRefused, GitHubUnavailable, SyncError

WRONG_TIME = re.compile(r"\('(exp|iat)'\)")
WRONG_APP = re.compile(r"Integration not found|\('iss'\)")
"""The App's id, or its client id, is the token's issuer."""
WRONG_KEY = re.compile(r"could not be decoded|signature", re.IGNORECASE)

REMEDIES = {
    WRONG_TIME: "Correct the clock of the Airflow workers: GitHub refuses the time in the App's "
    "requests. Then clear the failed instance.",
    WRONG_APP: "Enter the App's id, from the App's settings on GitHub, as app_id in the Airflow "
    "connection's extra.",
    WRONG_KEY: "Generate a private key in the settings of the App with this app_id, and enter it "
    "as private_key in the Airflow connection's extra.",
}

NO_INSTALLATION = (
    "Install the App again if it was uninstalled, and enter the number at the end of the address "
    "of the installation's settings page as installation_id in the Airflow connection's extra. For "
    "GitHub Enterprise Server the host is https://HOST/api/v3."
)
TOO_MANY_PERMISSIONS = (
    "Remove token_permissions from the Airflow connection's extra, or grant the App these "
    "permissions and accept them where it is installed."
)
UNKNOWN = (
    "Check app_id, installation_id and private_key in the Airflow connection's extra, and that the "
    "App is installed."
)


@dataclass(frozen=True)
class InstallationToken:
    """A token that GitHub made.

    :param permissions: by name, with their levels; None if GitHub does not show them
    """

    token: str
    expires_at: datetime
    permissions: dict[str, str] | None


def error_of_app(status: int, headers: Headers, body: object, about: str) -> SyncError:
    """The error that an answer with a status of 300 or more stands for.

    :param headers: lower-case names
    :param body: the decoded answer
    :param about: what the token was needed for, for the message
    """
    said = message_of(body)
    if status == HTTPStatus.FORBIDDEN or not _is_about_the_app(status):
        error = error_of_status(status, headers, body, about)
        if isinstance(error, GitHubUnavailable):
            error.may_be_too_much = False
        return error
    return AppRefused(
        f"{about}: GitHub makes no token for the GitHub App's installation "
        f"(HTTP {status}: {said}).",
        _remedy(status, said),
        headers.get("x-github-request-id"),
    )


def token_of(body: object, about: str) -> InstallationToken:
    """The token in GitHub's answer.

    :raises GitHubUnavailable: there is none
    """
    parts = body if isinstance(body, dict) else {}
    try:
        permissions = parts.get("permissions")
        return InstallationToken(
            str(parts["token"]),
            parse_time(parts["expires_at"]),
            permissions if isinstance(permissions, dict) else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GitHubUnavailable(
            f"{about}: GitHub's answer has no token for the GitHub App's installation."
        ) from None


def _is_about_the_app(status: int) -> bool:
    return status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.GONE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _remedy(status: int, said: str) -> str:
    for pattern, remedy in REMEDIES.items():
        if pattern.search(said):
            return remedy
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and "permissions" in said:
        return TOO_MANY_PERMISSIONS
    return NO_INSTALLATION if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else UNKNOWN
