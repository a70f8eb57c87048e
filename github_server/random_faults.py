"""Seeded random faults, for one request in a few, as on a bad day at GitHub.

    faults = RandomFaults(seed=7)
    world.faults.add_source(faults)
    ...
    faults.history  # what it did, in order

The same seed and the same sequence of requests give the same faults. All of them are temporary: a
client that tries again survives them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from github_server import known_faults as known
from github_server.exchange import ReceivedRequest
from github_server.faults import Fault

RESOURCE_LIMITS = {
    "type": "RESOURCE_LIMITS_EXCEEDED",
    "message": "Resource limits for this query exceeded.",
}

KINDS: dict[str, Callable[[], Fault]] = {
    "502 Bad Gateway": known.bad_gateway,
    "504 Gateway Time-out": known.gateway_timeout,
    "503 Unicorn": known.unicorn,
    "500 Server Error": known.server_error,
    "502 with a timed out query": known.query_timeout,
    "200 with a timed out query": lambda: known.query_timeout(status=200),
    "200 with resource limits exceeded": lambda: Fault(graphql_errors=[RESOURCE_LIMITS]),
    "403 secondary limit": lambda: known.secondary_limit(retry_after=1),
    "403 secondary limit, no Retry-After": lambda: known.secondary_limit(retry_after=None),
    "429": lambda: known.secondary_limit(retry_after=1, status=429),
    "dropped connection": known.dropped_connection,
    "truncated answer": known.truncated_answer,
}
"""What may happen to a request, by name."""


class RandomFaults:
    """A fault source; add it to ``world.faults``.

    :param faults_per_request: the share of requests that are hit, on average
    :param most: how many faults there are in all
    """

    def __init__(
        self, seed: int, faults_per_request: float = 0.2, most: float = float("inf")
    ) -> None:
        self.faults_per_request = faults_per_request
        self.most = most
        self.history: list[str] = []
        self._random = random.Random(seed)  # noqa: S311 (it keeps no secret)

    def stop(self) -> None:
        """Stop injecting faults."""
        self.most = 0

    def faults_for(self, _: ReceivedRequest) -> Sequence[Fault]:
        """At most one fault for each request."""
        is_hit = self._random.random() < self.faults_per_request
        kind = self._random.choice(list(KINDS))
        if not is_hit or len(self.history) >= self.most:
            return []
        self.history.append(kind)
        return [KINDS[kind]()]
