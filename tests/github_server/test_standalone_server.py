"""The server as a process of its own, and as a context in this one."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from github_server import GitHubServer, World

ROOT = Path(__file__).parents[2]


def test_python_dash_m(tmp_path: Path) -> None:
    options = ["--port", "0", "--sample", "--random-faults", "7"]
    command = [sys.executable, "-m", "github_server", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            announced = "".join(process.stdout.readline() for _ in range(9))
            assert "sample data" in announced
            assert "octo-sample/checkout-service" in announced
            found = re.search(r"URL\s+(\S+)\n\s+token\s+(\S+)", announced)
            assert found is not None
            headers = {"Authorization": f"token {found[2]}"}
            statuses = _statuses(f"{found[1]}/user", headers)
            assert 200 in statuses, "most requests are served"
            assert max(statuses) >= 400, "some requests are hit"
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0


def _statuses(url: str, headers: dict[str, str]) -> set[int]:
    """Of forty requests, those that were answered."""
    found = set()
    for _ in range(40):
        with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            found.add(requests.get(url, headers=headers, timeout=10).status_code)
    return found


def test_it_starts_and_stops_quietly(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), GitHubServer(World()) as server:
        assert requests.get(f"{server.url}/user", timeout=10).status_code == 401
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=1)
