"""What prevents an answer: certificates, names, proxies. Each names its host and its setting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from github_server import GitHubServer, World
from github_sync import errors
from github_sync.api.client import GitHubClient, client_with_token
from github_sync.api.documents import document
from tests.fixtures.certificates import make_certificate
from tests.fixtures.raw_server import RawServer, Serve, proxy

TOKEN = "ghp_" + "A1b2C3d4" * 4
TRIES = 4


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*names, *map(str.upper, names), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def client(url: str, **options: Any) -> GitHubClient:
    return client_with_token(TOKEN, "acme/api", url, retry_wait_seconds=0, **options)


def ask(url: str, **options: Any) -> dict[str, Any]:
    github = client(url, **options)
    try:
        return github.query(
            document("lookups/named_repository"), {"owner": "acme", "name": "api"}
        ).data
    finally:
        github.close()


def refused(url: str, kind: type[errors.SyncError], **options: Any) -> errors.SyncError:
    """The error; a permanent one after one request."""
    github = client(url, **options)
    with pytest.raises(kind) as caught:
        github.query(document("lookups/named_repository"), {"owner": "acme", "name": "api"})
    github.close()
    assert type(caught.value) is kind
    assert github.requests == (1 if issubclass(kind, errors.PermanentError) else TRIES)
    message = str(caught.value)
    assert message.startswith("acme/api: ")
    assert TOKEN not in message
    assert "githubstatus" not in message
    return caught.value


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    return make_certificate(tmp_path)


@pytest.fixture
def tls(world: World, certificate: tuple[str, str]) -> Iterator[str]:
    """The port of a GitHub Enterprise Server with a self-signed certificate for localhost."""
    world.token(TOKEN)
    world.repository("acme/api")
    with GitHubServer(world, certificate=certificate) as server:
        yield f"https://localhost:{server.port}/api/v3"


# Certificates


def test_a_self_signed_certificate_is_named_with_host_and_setting(tls: str) -> None:
    error = refused(tls, errors.ConfigurationError)

    host = tls.split("/")[2]
    assert f"the certificate of {host} is not trusted (self" in str(error)
    assert "Set REQUESTS_CA_BUNDLE" in error.remedy


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_remedy_repairs_it(
    tls: str, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, certificate[0])
    assert ask(tls)["repository"]["nameWithOwner"] == "acme/api"


def test_a_bundle_without_the_authority_is_named(
    tls: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("CURL_CA_BUNDLE", make_certificate(tmp_path / "other")[0])
    assert "file that CURL_CA_BUNDLE names" in refused(tls, errors.ConfigurationError).remedy


@pytest.mark.parametrize(
    ("days", "name", "reason", "remedy"),
    [
        ((-30, -1), "localhost", "expired", "Renew the certificate"),
        ((5, 30), "localhost", "not yet valid", "workers' clock"),
        ((-1, 30), "elsewhere.example", "ostname mismatch", "as its certificate names it"),
    ],
)
def test_other_certificates(  # noqa: PLR0913, PLR0917 (two of them are fixtures)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    days: tuple[int, int],
    name: str,
    reason: str,
    remedy: str,
) -> None:
    made = make_certificate(tmp_path, [name], days)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", made[0])
    with GitHubServer(World(), certificate=made) as server:
        error = refused(f"https://localhost:{server.port}/api/v3", errors.ConfigurationError)
    assert reason in error.message
    assert remedy in error.remedy


def missing(folder: Path) -> Path:
    return folder / "nowhere.pem"


def no_pem(folder: Path) -> Path:
    path = folder / "no.pem"
    path.write_text("no certificate", encoding="utf-8")
    return path


def empty(folder: Path) -> Path:
    path = folder / "empty.pem"
    path.touch()
    return path


def broken(folder: Path) -> Path:
    path = folder / "broken.pem"
    head, tail = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    path.write_text(f"{head}\nbm8=\n{tail}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("make", [missing, no_pem, empty, broken])
def test_a_file_of_certificates_that_is_none(
    tls: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    path = make(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    error = refused(tls, errors.ConfigurationError)
    assert f"REQUESTS_CA_BUNDLE names ({path})" in error.message


# Schemes


def test_https_to_a_port_that_speaks_http(github_server: GitHubServer) -> None:
    error = refused(github_server.url.replace("http:", "https:"), errors.ConfigurationError)
    assert f"127.0.0.1:{github_server.port}" in error.message
    assert "https://" in error.remedy


def tls_alert(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")


def nginx(connection: socket.socket) -> None:
    connection.recv(65536)
    body = b"<html><center>The plain HTTP request was sent to HTTPS port</center></html>"
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n"
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize("serve", [tls_alert, nginx])
def test_http_to_a_port_that_speaks_tls(serve: Serve) -> None:
    with RawServer(serve) as server:
        error = refused(f"http://127.0.0.1:{server.port}/api/v3", errors.ConfigurationError)
    assert "expects TLS" in error.message
    assert "with https://" in error.remedy


# Names


PROXY = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("host", "through"),
    [(host, "") for host in ("exa mple", "[::1", "h:99999", ".x", "a..b", "a" * 70, "")]
    + [(host, PROXY) for host in ("exa mple", "[::1", "h:99999", ".x", "")],
)
def test_a_host_that_is_none(host: str, through: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if through:
        monkeypatch.setenv("HTTPS_PROXY", through)
    error = refused(f"https://{host}/api/v3", errors.ConfigurationError, timeout=5)
    assert "The host is https://HOST/api/v3" in error.remedy


def test_a_name_that_does_not_exist_is_permanent() -> None:
    error = refused("https://github.invalid/api/v3", errors.ConfigurationError)
    assert "github.invalid cannot be resolved" in error.message
    assert "Correct the host in the Airflow connection" in error.remedy


@pytest.mark.parametrize(
    ("code", "url"),
    [(socket.EAI_AGAIN, "https://github.invalid/api/v3"), (socket.EAI_NONAME, "")],
    ids=["no answer", "github.com"],
)
def test_a_name_server_that_fails_is_worth_another_try(
    monkeypatch: pytest.MonkeyPatch, code: int, url: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = refused(url, errors.GitHubUnavailable)
    assert "cannot be resolved" in error.message
    assert "name servers" in error.remedy


# Proxies


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_is_used(
    tls: str, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate[0])
    with RawServer(proxy()) as server:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{server.port}")
        assert ask(tls)["repository"]["nameWithOwner"] == "acme/api"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ("407 Proxy Authentication Required", errors.ConfigurationError, "USER:PASSWORD"),
        ("403 Forbidden", errors.ConfigurationError, "Allow github.example on the proxy"),
        ("404 Not Found", errors.ConfigurationError, "NO_PROXY"),
        ("502 Bad Gateway", errors.GitHubUnavailable, "check the proxy"),
        ("503 Service Unavailable", errors.GitHubUnavailable, "check the proxy"),
        ("429 Too Many Requests", errors.GitHubUnavailable, "check the proxy"),
    ],
)
def test_a_proxy_that_refuses(
    monkeypatch: pytest.MonkeyPatch, answer: str, kind: type[errors.SyncError], words: str
) -> None:
    with RawServer(proxy(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://joe:geheim@127.0.0.1:{server.port}")
        error = refused("https://github.example/api/v3", kind)
    assert f"the proxy 127.0.0.1:{server.port} (HTTPS_PROXY)" in error.message
    assert words in error.remedy
    assert "geheim" not in str(error)


def test_a_proxy_that_wants_a_password_for_plain_http(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with RawServer(proxy(answer)) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
        error = refused("http://github.example/api/v3", errors.ConfigurationError)
    assert "HTTP_PROXY" in error.remedy


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_a_proxy_that_is_down_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://joe:geheim@127.0.0.1:{free_port()}")
    error = refused("https://github.example/api/v3", errors.GitHubUnavailable)
    assert "(HTTPS_PROXY) does not answer" in error.message
    assert "check that the proxy runs" in error.remedy
    assert "geheim" not in str(error)


@pytest.mark.parametrize(
    ("proxy_url", "words"),
    [
        ("http://proxy.invalid:8080", "has a name that does not exist"),
        ("socks5://127.0.0.1:1080", "cannot be used"),
        ("gopher://127.0.0.1:70", "cannot be used"),
        ("http://", "cannot be used"),
        ("http://127.0.0.1:port", "cannot be used"),
        ("http://[::1", "cannot be used"),
        ("http://127.0.0.1:99999", "cannot be used"),
        ("http://a b:80", "cannot be used"),
        ("http://a..b:80", "cannot be used"),
    ],
)
def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch, proxy_url: str, words: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy_url)
    error = refused("https://github.example/api/v3", errors.ConfigurationError)
    assert words in error.message
    assert "HTTPS_PROXY" in str(error)


def test_a_proxy_that_is_not_reached_by_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with RawServer(serve) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{server.port}")
        error = refused("https://github.example/api/v3", errors.ConfigurationError)
    assert "HTTPS_PROXY to http://HOST:PORT" in error.remedy
