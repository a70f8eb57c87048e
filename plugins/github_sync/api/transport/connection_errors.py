"""Turns what prevents an answer (names, proxies, certificates, timeouts) into errors of ours.

What only a person can change (a certificate, a name, a setting) is permanent: it is named with its
host and with the setting. What may pass (a refused connection, a timeout) is tried again.

https://requests.readthedocs.io/en/latest/user/advanced/#proxies
https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from http.client import BadStatusLine
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import LocationValueError, ReadTimeoutError

from github_sync.api.transport.exception_chain import first_of, reason_of, root_of
from github_sync.api.transport.proxy_errors import error_of_proxy
from github_sync.api.transport.routes import GITHUB_COM, GUIDE, NO_SUCH_NAME, THEN_CLEAR, Route
from github_sync.errors import ConfigurationError, GitHubUnavailable, SyncError

NOT_YET_VALID, EXPIRED = 9, 10
OTHER_NAME, OTHER_ADDRESS = 62, 64
"""OpenSSL's codes. https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/"""

LASTING_TLS_REASONS = re.compile(
    r"WRONG_VERSION_NUMBER|HTTP_REQUEST|UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION"
    r"|CERTIFICATE_REQUIRED|NO_PROTOCOLS_AVAILABLE|UNKNOWN_CA|BAD_CERTIFICATE"
)
"""OpenSSL's reasons that another try does not change."""

TLS_RECORD = re.compile(r"\\x15\\x03")
"""How a server that expects TLS answers to plain HTTP, as Python shows it."""

UNSENDABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    LocationValueError,
    UnicodeError,
)

OF_CERTIFICATE_FILES = ("X509", "PEM")
"""The parts of OpenSSL that read files of certificates."""


def error_of_connection(error: Exception, url: str, about: str, seconds: float) -> SyncError:
    """The error of ours for what requests raised.

    :param error: of requests, urllib3 or the operating system; its text may hold secrets
    :param url: the request's
    :param about: what was asked about, for the message
    :param seconds: how long GitHub may take for an answer
    """
    route = Route.of(url)
    for read in (error_of_proxy, _unsendable, _of_bundle, _of_certificate, _of_tls, _of_name):
        if refusal := read(error, route, about):
            return refusal
    if first_of(error, ReadTimeoutError) or first_of(error, requests.Timeout):
        return GitHubUnavailable(
            f"{about}: no whole answer from {route.host} within {seconds:g} s "
            "(GITHUB_SYNC_REQUEST_TIMEOUT_SECONDS).",
            may_be_too_much=not first_of(error, requests.ConnectTimeout),
        )
    return GitHubUnavailable(
        f"{about}: no proper answer from GitHub at {route.host} ({root_of(error)})."
    )


def expects_tls(host: str, about: str) -> SyncError:
    """The error for a server that was asked by plain HTTP."""
    return ConfigurationError(
        f"{about}: {host} expects TLS, but the connection's host begins with http://.",
        f"Enter the host in the Airflow connection with https://. {THEN_CLEAR}",
    )


def _unsendable(error: Exception, _: Route, about: str) -> SyncError | None:
    return unsendable(about) if isinstance(error, UNSENDABLE) else None


def unsendable(about: str) -> SyncError:
    """The error for a token or an address that HTTP cannot carry; it shows neither."""
    return ConfigurationError(
        f"{about}: the connection's token or host has a line break or another character that "
        "cannot be sent, or the host is no address.",
        "Enter it in the connection again, without spaces and line breaks. The host is "
        "https://HOST/api/v3, or empty for github.com.",
    )


def _of_bundle(error: Exception, route: Route, about: str) -> SyncError | None:
    """The file of trusted certificates is not there, or is none."""
    tls = first_of(error, ssl.SSLError)
    is_missing = "CA certificate bundle" in str(error) and isinstance(error, OSError)
    is_none = getattr(tls, "library", None) in OF_CERTIFICATE_FILES
    is_unreadable = route.bundle_variable and first_of(error, PermissionError)
    if not (is_missing or is_none or is_unreadable):
        return None
    variable = route.bundle_variable or "REQUESTS_CA_BUNDLE"
    path = os.environ.get(variable, "the default")
    return ConfigurationError(
        f"{about}: {route.host} was not asked: the file of trusted certificates that {variable} "
        f"names ({path}) cannot be read, or has no certificate.",
        f"Set {variable} on the Airflow workers to a file of certificates in PEM form, or remove "
        f"it. {THEN_CLEAR}",
    )


def _of_certificate(error: Exception, route: Route, about: str) -> SyncError | None:
    refused = first_of(error, ssl.SSLCertVerificationError)
    if refused is None:
        return None
    reason = getattr(refused, "verify_message", "") or reason_of(refused)
    remedy = _remedy_for_certificate(getattr(refused, "verify_code", 0), route)
    return ConfigurationError(
        f"{about}: the certificate of {route.host} is not trusted ({reason}).",
        f"{remedy} {THEN_CLEAR}",
    )


def _remedy_for_certificate(code: int, route: Route) -> str:
    if code == EXPIRED:
        return f"Renew the certificate of {route.host}, or correct the workers' clock."
    if code == NOT_YET_VALID:
        return "Correct the workers' clock, or wait until the certificate is valid."
    if code in (OTHER_NAME, OTHER_ADDRESS):
        return "Enter the host in the Airflow connection as its certificate names it."
    if route.bundle_variable:
        return (
            "Add the certificate of the authority that signed it to the file that "
            f"{route.bundle_variable} names on the Airflow workers ({GUIDE})."
        )
    return (
        "Set REQUESTS_CA_BUNDLE on the Airflow workers to a PEM file with the certificate of the "
        f"authority that signed it ({GUIDE})."
    )


def _of_tls(error: Exception, route: Route, about: str) -> SyncError | None:
    tls = first_of(error, ssl.SSLError)
    if tls and LASTING_TLS_REASONS.search(reason_of(tls)):
        return ConfigurationError(
            f"{about}: {route.host} and the worker do not agree on TLS ({reason_of(tls)}).",
            "Check the host in the Airflow connection: its port, and whether it is reached by "
            f"https://. {THEN_CLEAR}",
        )
    status_line = first_of(error, BadStatusLine)
    if route.scheme == "http" and status_line and TLS_RECORD.search(repr(status_line)):
        return expects_tls(route.host, about)
    return None


def _of_name(error: Exception, route: Route, about: str) -> SyncError | None:
    """That github.com does not exist is the name servers' fault, which passes."""
    name = first_of(error, socket.gaierror)
    if name is None:
        return None
    what = f"{about}: the name of {route.host} cannot be resolved ({name.strerror})."
    if name.errno in NO_SUCH_NAME and route.host != urlsplit(GITHUB_COM).netloc:
        return ConfigurationError(
            what,
            "Correct the host in the Airflow connection, or the workers' name servers. If the "
            f"workers reach it only through a proxy, set HTTPS_PROXY ({GUIDE}). {THEN_CLEAR}",
        )
    return GitHubUnavailable(
        what,
        remedy="If it persists, check the workers' name servers. If they reach the Internet only "
        f"through a proxy, set HTTPS_PROXY ({GUIDE}). {THEN_CLEAR}",
    )
