"""The local GitHub API server in a process of its own: its work is not the client's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.managers import BaseManager
from typing import Any, cast

from benchmarks import history
from benchmarks.processes import SPAWN
from benchmarks.ways import Job
from github_server import ALWAYS, SAMPLE_TOKEN, Fault, GitHubServer

OK = 200


class GitHubHost:
    """Lives in that process; what it offers is called from this one."""

    def begin(self, pull_requests: int) -> None:
        """Serve a new repository with this many pull requests."""
        self._world = history.make_world()
        self._repository = history.make_repository(self._world, pull_requests)
        self._server = GitHubServer(self._world).start()

    def end(self) -> None:
        """Serve it no more."""
        self._server.stop()

    def job(self, conninfo: str, last_sync_at: datetime | None) -> Job:
        """What a client must know to sync this repository."""
        return Job(self._server.url, SAMPLE_TOKEN, conninfo, history.FULL_NAME, last_sync_at)

    def now(self) -> datetime:
        """GitHub's time, which stands still but for :meth:`a_day_passes`."""
        return self._world.now()

    def a_day_passes(self, changed: int) -> None:
        """With this many changed pull requests."""
        if changed:
            history.work_a_day(self._repository, changed)
        else:
            self._world.clock.advance(history.DAY_SECONDS)

    def answer_after(self, milliseconds: int) -> None:
        """Let each request wait this long before it is answered."""
        self._world.faults.clear()
        if milliseconds:
            self._world.faults.add(Fault(delay_seconds=milliseconds / 1000, times=ALWAYS))

    def tally(self) -> history.Tally:
        """What GitHub has."""
        return history.tally(self._repository)

    def take_requests(self) -> int:
        """How many there were since the last time.

        :raises RuntimeError: one was refused, so that the comparison would be unfair
        """
        log = self._world.request_log
        refused = [request for request in log if request.status != OK]
        if refused:
            raise RuntimeError(f"{len(refused)} requests were refused, first {refused[0]}")
        count = len(log)
        log.clear()
        return count

    def cpu_seconds(self) -> float:
        """What this process has used so far."""
        return time.process_time()


class _Processes(BaseManager):
    """Starts the process."""

    host: Any


_Processes.register("host", GitHubHost)


@contextmanager
def github_process() -> Iterator[GitHubHost]:
    """The server's process while the context lasts."""
    with _Processes(ctx=SPAWN) as processes:
        yield cast("GitHubHost", processes.host())
