"""Faults: what goes wrong with the next matching requests.

    world.faults.add(Fault(status=502, operation="ChangedPullRequests", times=2))
    world.faults.add(Fault(null_nodes={17: "Something went wrong"}))

Each request meets at most one fault that replaces its answer (the first that matches, so several
added in a row happen one after the other), and all matching faults that only accompany it: delays,
nulled nodes, edits of the true answer, callables. Generated faults, such as seeded random ones,
come from a `FaultSource`.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from github_server.exchange import Answer, ReceivedRequest

ALWAYS = math.inf
Edit = Callable[[dict[str, Any], Mapping[str, Any]], object]
"""Changes GitHub's true answer in place: the decoded JSON, and the GraphQL variables asked with."""
NGINX_PAGE = (
    "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(eq=False)
class Fault:
    """One thing that goes wrong: which requests it hits, then what happens to them.

    Which: every given condition must hold; `skip` lets that many matching requests through first,
    and it ends after `times` (by default once, but nulled nodes and what is too heavy stay until
    removed).
    """

    operation: str | Collection[str] | None = None
    variables: Callable[[Mapping[str, Any]], bool] | None = None
    path: str | None = None
    skip: int = 0
    times: float | None = None

    before_answer: Callable[[], object] | None = None
    before_sending: Callable[[], object] | None = None
    delay_seconds: float = 0
    null_nodes: Mapping[int | str, str | Mapping[str, Any]] = field(default_factory=dict)
    heavy: Collection[int] = ()
    heavy_counts: bool = False
    edit: Edit | None = None

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeated_headers: Sequence[tuple[str, str]] = ()
    drip_seconds: float = 0
    is_endless: bool = False
    body: str | bytes | Mapping[str, Any] | None = None
    graphql_errors: Sequence[Mapping[str, Any]] = ()
    drop: bool = False
    truncate: bool = False

    def __post_init__(self) -> None:
        if self.times is None:
            stays = self.null_nodes or self.heavy or self.heavy_counts
            self.times = ALWAYS if stays else 1
        self.times_used = 0

    @property
    def replaces_answer(self) -> bool:
        """Whether the client gets something else than GitHub's true and whole answer."""
        has_own_answer = self.status is not None or self.body is not None or self.graphql_errors
        is_changed = self.headers or self.repeated_headers or self.drip_seconds or self.is_endless
        return bool(has_own_answer or is_changed or self.drop or self.truncate)

    def matches(self, request: ReceivedRequest) -> bool:
        """Whether this request is meant."""
        operations = {self.operation} if isinstance(self.operation, str) else self.operation
        return (
            (operations is None or request.operation in operations)
            and (
                self.variables is None or (request.is_graphql and self.variables(request.variables))
            )
            and (self.path is None or request.path.startswith(self.path))
        )

    def take(self, request: ReceivedRequest) -> bool:
        """Whether it hits this request; counts those it skipped and hit."""
        if not self.matches(request) or self.is_over:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times_used += 1
        return True

    @property
    def is_over(self) -> bool:
        """Whether it has hit as many requests as it should."""
        return self.times is not None and self.times_used >= self.times

    def answer(self) -> Answer | None:
        """The answer it puts in place of GitHub's, or None if it only cuts or drops that."""
        if self.graphql_errors:
            payload = {"data": None, "errors": list(self.graphql_errors)}
            return Answer.of_json(payload, self.status or 200, self.headers)
        if self.status is None and self.body is None:
            return None
        return _answer(self.status or 200, self.body, self.headers)


def _answer(
    status: int, body: str | bytes | Mapping[str, Any] | None, headers: Mapping[str, str]
) -> Answer:
    if isinstance(body, Mapping):
        return Answer.of_json(body, status, headers)
    text = body if isinstance(body, bytes) else (body or "").encode()
    html = {"content-type": "text/html; charset=utf-8"}
    return Answer(status, text, {**(_json_type(text) or html), **headers})


def _json_type(text: bytes) -> dict[str, str] | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {"content-type": "application/json; charset=utf-8"}


class FaultSource(Protocol):
    """Generates faults as requests come in, for example from a seeded random generator."""

    def faults_for(self, request: ReceivedRequest) -> Sequence[Fault]:
        """The faults for this request."""


@dataclass
class RequestFaults:
    """All faults of one request."""

    faults: Sequence[Fault] = ()

    @property
    def replacement(self) -> Fault | None:
        """The one fault that replaces the answer."""
        return next((fault for fault in self.faults if fault.replaces_answer), None)

    @property
    def null_nodes(self) -> dict[int | str, str | Mapping[str, Any]]:
        """Pull requests (by number or node id) that come back null, and why."""
        return {key: why for fault in self.faults for key, why in fault.null_nodes.items()}

    @property
    def heavy(self) -> set[int]:
        """Pull requests whose content is too much for GitHub, by number: 502, however few."""
        return {number for fault in self.faults for number in fault.heavy}

    @property
    def heavy_counts(self) -> bool:
        """Whether to count the pull requests of one state is too much for GitHub."""
        return any(fault.heavy_counts for fault in self.faults)

    def edited(self, answer: Answer, variables: Mapping[str, Any]) -> Answer:
        """The true answer, changed as the faults want it."""
        edits = [fault.edit for fault in self.faults if fault.edit]
        if not edits or answer.status != HTTPStatus.OK:
            return answer
        payload = json.loads(answer.body)
        for edit in edits:
            edit(payload, variables)
        return Answer.of_json(payload, answer.status, answer.headers)

    def before_answer(self) -> None:
        """Wait and call what is to happen once the request has arrived."""
        for fault in self.faults:
            time.sleep(fault.delay_seconds)
            if fault.before_answer:
                fault.before_answer()

    def before_sending(self) -> None:
        """Call what is to happen once the answer is settled."""
        for fault in self.faults:
            if fault.before_sending:
                fault.before_sending()


class Faults:
    """The faults to come."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._scripted: list[Fault] = []
        self._sources: list[FaultSource] = []

    def add(self, fault: Fault) -> Fault:
        """Let this happen to the next matching requests."""
        with self._lock:
            self._scripted.append(fault)
        return fault

    def add_source(self, source: FaultSource) -> None:
        """Ask this source about every request from now on."""
        with self._lock:
            self._sources.append(source)

    def remove(self, fault: Fault) -> None:
        """Stop it; removing one that is over is fine."""
        with self._lock:
            self._scripted = [other for other in self._scripted if other is not fault]

    def clear(self) -> None:
        """Back to a world without faults."""
        with self._lock:
            self._scripted, self._sources = [], []

    def faults_for(self, request: ReceivedRequest) -> RequestFaults:
        """All faults of this request; scripted ones come before generated ones."""
        with self._lock:
            generated = [fault for source in self._sources for fault in source.faults_for(request)]
            hit: list[Fault] = []
            for fault in (*self._scripted, *generated):
                answered = fault.replaces_answer and any(f.replaces_answer for f in hit)
                if not answered and fault.take(request):
                    hit.append(fault)
            self._scripted = [fault for fault in self._scripted if not fault.is_over]
            return RequestFaults(hit)
