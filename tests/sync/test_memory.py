"""Memory stays flat however long the history: one page at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from github_server import World
from tests.fixtures.syncing import Syncing
from tests.sync.histories import with_history

ROOT = Path(__file__).parents[2]
BODY = "x" * 10_000
"""A hundred of them are a megabyte; six hundred more would not fit into the margin below."""
MARGIN = 1_000_000


def peak(syncing: Syncing, count: int) -> int:
    """Bytes held at once while a first sync of so many pull requests ran."""
    api = with_history(syncing.world, f"acme/with-{count}", pull_requests=count, reviews=1)
    for pull_request in api.pull_requests.values():
        pull_request.body = BODY
    repository_id = syncing.track(api)
    database = syncing.database
    command = [sys.executable, "-m", "tests.sync.peak_memory"]
    arguments = [database.socket_folder, database.name, syncing.server.url, str(repository_id)]
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}/plugins:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    syncing.assert_equal(api)
    return int(done.stdout)


def test_memory_does_not_grow_with_the_history(world: World, syncing: Syncing) -> None:
    assert peak(syncing, 800) < peak(syncing, 200) + MARGIN
