"""Faults that hit one repository only: all tests share one GitHub."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from github_server import Fault, Repository
from tests.scheduler.runs import Run

HOLD_SECONDS = 60


def only(full_name: str) -> Callable[[Mapping[str, Any]], bool]:
    """The condition for requests about this repository."""

    def matches(variables: Mapping[str, Any]) -> bool:
        return f"{variables.get('owner')}/{variables.get('name')}" == full_name

    return matches


class Hold:
    """Makes a repository's sync wait at a request until it is let go."""

    def __init__(self, repository: Repository, skip: int = 0, times: int = 1) -> None:
        self._arrived = threading.Event()
        self._released = threading.Event()
        repository.world.faults.add(
            Fault(
                variables=only(repository.full_name),
                before_answer=self._wait,
                skip=skip,
                times=times,
            )
        )

    def wait_for_arrival(self) -> None:
        assert self._arrived.wait(HOLD_SECONDS), "no request came to be held"

    def release(self) -> None:
        self._released.set()

    def _wait(self) -> None:
        self._arrived.set()
        self._released.wait(HOLD_SECONDS)


class Killings:
    """Kills a repository's task whenever its request arrives, each time before it is answered.

    :param index: the position of its instance in the run
    :param kill: ``Run.kill_task`` or ``Run.kill_worker``
    :param skip: requests that are answered first
    """

    def __init__(
        self,
        repository: Repository,
        index: int,
        kill: Callable[[Run, int], None],
        *,
        skip: int = 0,
        times: int = 1,
    ) -> None:
        self.count = 0
        self._run: Future[Run] = Future()
        self._kill, self._index = kill, index
        fault = Fault(
            variables=only(repository.full_name),
            skip=skip,
            times=times,
            before_answer=self._strike,
        )
        repository.world.faults.add(fault)

    def begin(self, run: Run) -> None:
        """Tell whose instances are meant; requests wait until then."""
        self._run.set_result(run)

    def _strike(self) -> None:
        self._kill(self._run.result(HOLD_SECONDS), self._index)
        self.count += 1


def spend_quota(repository: Repository, seconds: int, times: float, skip: int = 0) -> Fault:
    """GitHub's answer to a spent quota that resets this many seconds after each request."""
    headers = {"x-ratelimit-remaining": "0"}

    def reset_soon() -> None:
        headers["x-ratelimit-reset"] = str(int(repository.world.now().timestamp()) + seconds)

    error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
    return repository.world.faults.add(
        Fault(
            variables=only(repository.full_name),
            skip=skip,
            times=times,
            before_answer=reset_soon,
            headers=headers,
            graphql_errors=[error],
        )
    )
