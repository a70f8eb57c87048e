"""The local GitHub API server in its own process, so that its CPU time is measured separately."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.managers import BaseManager
from typing import Any, cast

from benchmarks import history
from benchmarks.approaches import Job
from benchmarks.processes import SPAWN
from github_server import ALWAYS, SAMPLE_TOKEN, Fault, GitHubServer

OK = 200


class GitHubHost:
    """Runs in the server's process; its methods are called from this one."""

    def start(self, pull_requests: int) -> None:
        """Serve a new repository with this many pull requests."""
        self._world = history.make_world()
        self._repository = history.make_repository(self._world, pull_requests)
        self._server = GitHubServer(self._world).start()

    def stop(self) -> None:
        """Stop serving it."""
        self._server.stop()

    def job(self, conninfo: str, last_sync_at: datetime | None) -> Job:
        """The job of syncing this repository."""
        return Job(self._server.url, SAMPLE_TOKEN, conninfo, history.FULL_NAME, last_sync_at)

    def now(self) -> datetime:
        """GitHub's time, which only :meth:`advance_day` changes."""
        return self._world.now()

    def advance_day(self, changed: int) -> None:
        """Advance by a day with this many changed pull requests."""
        if changed:
            history.change_pull_requests(self._repository, changed)
        else:
            self._world.clock.advance(history.DAY_SECONDS)

    def delay_responses(self, milliseconds: int) -> None:
        """Delay each response by this time."""
        self._world.faults.clear()
        if milliseconds:
            self._world.faults.add(Fault(delay_seconds=milliseconds / 1000, times=ALWAYS))

    def tally(self) -> history.Tally:
        """The counts on GitHub."""
        return history.tally(self._repository)

    def take_requests(self) -> int:
        """How many requests there were since the last call.

        :raises RuntimeError: one was refused, which makes the comparison unfair
        """
        log = self._world.request_log
        refused = [request for request in log if request.status != OK]
        if refused:
            raise RuntimeError(f"{len(refused)} requests were refused, first {refused[0]}")
        count = len(log)
        log.clear()
        return count

    def cpu_seconds(self) -> float:
        """The CPU time of this process."""
        return time.process_time()


class _Processes(BaseManager):
    """Starts the server's process."""

    host: Any


_Processes.register("host", GitHubHost)


@contextmanager
def github_process() -> Iterator[GitHubHost]:
    """The server's process while the context lasts."""
    with _Processes(ctx=SPAWN) as processes:
        yield cast("GitHubHost", processes.host())
