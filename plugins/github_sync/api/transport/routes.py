"""Where a request goes: the host, and the proxy that the worker's environment names."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import LocationValueError
from urllib3.util import parse_url

GITHUB_COM = "https://api.github.com"

NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
"""The name servers answered that there is no such name. In other errors they did not answer."""

LONGEST_LABEL = 64
"""A part of a name between dots has fewer characters."""

THEN_CLEAR = "Then clear the failed instance."
GUIDE = 'see "Proxies and certificates" in docs/deploying.md'


@dataclass(frozen=True)
class Route:
    """The way of a request, without secrets.

    :param host: the address's host, with its port if it names one
    :param proxy: the proxy's host and port; None if the request needs none
    :param is_proxy_usable: whether it has the form http://HOST:PORT
    :param proxy_variable: the environment variable that names the proxy
    :param bundle_variable: the environment variable that names the trusted certificates, if any
    """

    scheme: str
    host: str
    proxy: str | None
    is_proxy_usable: bool
    proxy_variable: str
    bundle_variable: str | None

    @classmethod
    def of(cls, url: str) -> Route:
        """The route that requests takes to this address."""
        try:
            scheme = urlsplit(url).scheme.lower()
            proxy = select_proxy(url, get_environ_proxies(url))
        except ValueError:
            scheme, proxy = "", None
        names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
        return cls(
            scheme,
            host_of(url),
            host_of(proxy) if proxy else None,
            proxy is None or _is_usable(proxy),
            _first_set(names) or "HTTPS_PROXY",
            _first_set(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")),
        )


def host_of(url: str) -> str:
    """Host and port, without a user's name and password."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return "an invalid address"
    return parts.netloc.rpartition("@")[2] or "an address without a host"


def _is_usable(proxy: str) -> bool:
    try:
        parts = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    except LocationValueError:
        return False
    labels = (parts.host or "").split(".")
    return parts.scheme in ("http", "https") and all(
        0 < len(each) < LONGEST_LABEL for each in labels
    )


def _first_set(names: Iterable[str]) -> str | None:
    return next((name for name in names if os.environ.get(name)), None)
