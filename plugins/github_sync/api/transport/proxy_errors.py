"""Turns what goes wrong with the proxy on the way to GitHub into errors of ours."""

from __future__ import annotations

import re
import socket
import ssl

import requests
from urllib3.exceptions import LocationValueError

from github_sync.api.transport.exception_chain import chain_of, first_of, reason_of, root_of
from github_sync.api.transport.routes import GUIDE, NO_SUCH_NAME, THEN_CLEAR, Route
from github_sync.errors import ConfigurationError, GitHubUnavailable, SyncError

TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})")
PASSING_STATUSES = (408, 425, 429)
UNUSABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    LocationValueError,
    UnicodeError,
)


def error_of_proxy(error: Exception, route: Route, about: str) -> SyncError | None:
    """The error of ours, or None if it is not about the proxy."""
    if route.proxy is None:
        return None
    if isinstance(error, UNUSABLE) and not route.is_proxy_usable:
        return _unusable(error, route, about)
    if not first_of(error, requests.exceptions.ProxyError):
        return None
    where = f"the proxy {route.proxy} ({route.proxy_variable})"
    if refused := TUNNEL_REFUSED.search(" ".join(str(one) for one in chain_of(error))):
        return _of_tunnel(int(refused[1]), where, route, about)
    return _unreachable(error, where, route, about)


def wants_password(where: str, variable: str, about: str) -> SyncError:
    """The error for a proxy that answers with HTTP 407."""
    return ConfigurationError(
        f"{about}: {where} asks for a user name and a password (HTTP 407).",
        f"Set {variable} to http://USER:PASSWORD@HOST:PORT on the Airflow workers. {THEN_CLEAR}",
    )


def _lacks_socks(error: Exception) -> bool:
    return isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error)


def _unusable(error: Exception, route: Route, about: str) -> SyncError:
    lacks = " SOCKS needs the package PySocks on the workers." if _lacks_socks(error) else ""
    return ConfigurationError(
        f"{about}: the environment variable {route.proxy_variable} names a proxy that cannot be "
        "used.",
        f"Set it to http://HOST:PORT on the Airflow workers.{lacks} {THEN_CLEAR}",
    )


def _unreachable(error: Exception, where: str, route: Route, about: str) -> SyncError:
    variable, name = route.proxy_variable, first_of(error, socket.gaierror)
    if name and name.errno in NO_SUCH_NAME:
        return ConfigurationError(
            f"{about}: {where} has a name that does not exist.",
            f"Correct {variable} on the Airflow workers ({GUIDE}). {THEN_CLEAR}",
        )
    if tls := first_of(error, ssl.SSLError):
        return ConfigurationError(
            f"{about}: {where} cannot be reached over TLS ({reason_of(tls)}).",
            "Most proxies are reached over plain HTTP, whatever they lead to: set "
            f"{variable} to http://HOST:PORT ({GUIDE}). {THEN_CLEAR}",
        )
    return GitHubUnavailable(
        f"{about}: {where} does not answer ({root_of(error)}).",
        remedy=f"If it persists, check that the proxy runs, and {variable} on the Airflow workers "
        f"({GUIDE}). {THEN_CLEAR}",
    )


def _of_tunnel(status: int, where: str, route: Route, about: str) -> SyncError:
    """https://www.rfc-editor.org/rfc/rfc9110#name-connect"""
    said = f"{about}: {where} refuses to connect to {route.host} (HTTP {status})."
    if status == requests.codes.proxy_authentication_required:
        return wants_password(where, route.proxy_variable, about)
    if status >= requests.codes.server_error or status in PASSING_STATUSES:
        remedy = f"If it persists, check the proxy and its way to {route.host}. {THEN_CLEAR}"
        return GitHubUnavailable(said, remedy=remedy)
    return ConfigurationError(
        said,
        f"Allow {route.host} on the proxy, or add it to NO_PROXY on the Airflow workers ({GUIDE}). "
        f"{THEN_CLEAR}",
    )
