"""Why a request to GitHub came to nothing: what the libraries raise in, errors of ours out."""

from __future__ import annotations

from json import JSONDecodeError

import requests
from github import GithubException
from jwt import PyJWTError

from github_sync.api.refusals import error_of_status
from github_sync.errors import ConfigurationError, GitHubUnavailable, SyncError

UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)

NO_ANSWER = (
    requests.RequestException,
    JSONDecodeError,
    UnicodeDecodeError,
    AttributeError,  # how PyGithub stumbles over a refusal that is no JSON object
)

UNUSABLE = (AssertionError, RuntimeError, TypeError, ValueError, PyJWTError)
"""How PyGithub refuses addresses, and its libraries an app's private key."""


def error_of_request(error: Exception, about: str) -> SyncError:
    """The error of ours for what PyGithub or requests raised.

    :param about: whom the request was for, for the message
    :raises Exception: the error itself, where it is none of theirs
    """
    if isinstance(error, GithubException):
        return error_of_status(error.status, headers_of(error), error.data, about)
    if isinstance(error, UNSENDABLE):
        # The exception's own words show the token.
        return ConfigurationError(
            f"{about}: the connection's token or address holds a line break or another "
            "character that cannot be sent.",
            "Put it into the connection again, without spaces and line breaks.",
        )
    if isinstance(error, NO_ANSWER):
        return GitHubUnavailable(
            f"{about}: no proper answer from GitHub ({_root(error)}).",
            may_be_too_much=isinstance(error, requests.ReadTimeout),
        )
    if isinstance(error, UNUSABLE):
        return ConfigurationError(
            f"{about}: the connection's address or key cannot be used ({error}).",
            "Its host is https://HOST/api/v3, or empty for github.com; an app's private_key is "
            "the PEM file that GitHub gave.",
        )
    raise error


def headers_of(error: Exception) -> dict[str, str]:
    """The headers of the answer that PyGithub made an exception of; lower-case names."""
    headers = getattr(error, "headers", None) or {}
    return {name.lower(): value for name, value in headers.items()}


def _root(error: BaseException) -> str:
    """What is at the bottom of a chain of connection errors, without the wrappers' names."""
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return f"{type(reason).__name__}: {reason}"
