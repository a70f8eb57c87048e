"""The server as a process of its own, and as a context in this one."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from github_server import GitHubServer, World

ROOT = Path(__file__).parents[2]


def test_python_dash_m(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "github_server", "--port", "0", "--sample"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            announced = "".join(process.stdout.readline() for _ in range(9))
            assert "sample data" in announced
            assert "octo-sample/checkout-service" in announced
            found = re.search(r"URL\s+(\S+)\n\s+token\s+(\S+)", announced)
            assert found is not None
            headers = {"Authorization": f"token {found[2]}"}
            user = requests.get(f"{found[1]}/user", headers=headers, timeout=10).json()
            assert user["login"] == "sample-viewer"
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0


def test_it_starts_and_stops_quickly_and_quietly(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    began = time.monotonic()
    with caplog.at_level(logging.INFO), GitHubServer(World()) as server:
        assert time.monotonic() - began < 0.5
        assert requests.get(f"{server.url}/user", timeout=10).status_code == 401
    assert time.monotonic() - began < 1
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=1)


def test_a_page_is_fast(world: World, changed_pull_requests: object) -> None:
    """A hundred pull requests with five reviews each: far below GitHub's own second."""
    repository = world.repository("acme/big")
    for _ in range(300):
        pull_request = repository.pull_request()
        for _ in range(5):
            pull_request.review(world.viewer, "COMMENTED", body="x" * 80)
    assert callable(changed_pull_requests)
    changed_pull_requests(repository)  # parses and checks the query
    times = []
    for _ in range(3):
        began = time.monotonic()
        changed_pull_requests(repository)
        times.append(time.monotonic() - began)
    # Generous, for busy machines; it takes about 0.08 s.
    assert min(times) < 0.4
