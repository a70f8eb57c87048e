"""What is measured, how often, and the medians."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.approaches import APPROACHES, OURS, Approach
from benchmarks.measuring import FIRST_SYNC, SCENARIOS, Benchmark, Measurement

WARM_UP_PULL_REQUESTS = 5
CLEARLY_LESS = 0.95
"""A difference of less than a twentieth is noise."""


@dataclass(frozen=True)
class Plan:
    """The options of the command line.

    :param latency_first_sync: measure first syncs with latency too, instead of computing them
    :param more_pull_requests: the size of a second, larger repository; 0 for none
    """

    pull_requests: int = 1000
    changed: int = 40
    runs: int = 3
    latency_ms: int = 50
    latency_first_sync: bool = False
    more_pull_requests: int = 4000


@dataclass(frozen=True)
class Line:
    """One approach in one scenario: medians over the runs.

    :param latency_seconds: how long it takes when each answer takes ``latency_ms`` longer
    :param is_computed: by adding that time for each request, instead of waiting for it
    """

    approach: Approach
    scenario: str
    requests: int
    seconds: float
    fastest: float
    slowest: float
    latency_seconds: float
    is_computed: bool
    cpu_seconds: float
    github_cpu_seconds: float
    postgres_cpu_seconds: float
    peak_mib: float
    grown_mib: float
    rows_per_second: float


@dataclass
class Results:
    """All measurements of one plan."""

    plan: Plan
    measurements: list[Measurement] = field(default_factory=list)
    larger: Measurement | None = None

    def lines(self) -> list[Line]:
        """Scenario by scenario, ours first."""
        return [self.line(approach, scenario) for scenario in SCENARIOS for approach in APPROACHES]

    def line(self, approach: Approach, scenario: str) -> Line:
        """One approach in one scenario."""
        at_once = self._of(approach, scenario, 0)
        seconds = _median(at_once, lambda one: one.usage.seconds)
        requests = at_once[0].requests
        waited = self._of(approach, scenario, self.plan.latency_ms)
        return Line(
            approach=approach,
            scenario=scenario,
            requests=requests,
            seconds=seconds,
            fastest=min(one.usage.seconds for one in at_once),
            slowest=max(one.usage.seconds for one in at_once),
            latency_seconds=_median(waited, lambda one: one.usage.seconds)
            if waited
            else seconds + requests * self.plan.latency_ms / 1000,
            is_computed=not waited,
            cpu_seconds=_median(at_once, lambda one: one.usage.cpu_seconds),
            github_cpu_seconds=_median(at_once, lambda one: one.github_cpu_seconds),
            postgres_cpu_seconds=_median(at_once, lambda one: one.postgres_cpu_seconds),
            peak_mib=_median(at_once, lambda one: one.usage.peak_mib),
            grown_mib=_median(at_once, lambda one: one.usage.peak_mib - one.usage.idle_mib),
            rows_per_second=at_once[0].rows / seconds,
        )

    def _of(self, approach: Approach, scenario: str, latency_ms: int) -> list[Measurement]:
        wanted = (approach, scenario, latency_ms)
        return [
            one
            for one in self.measurements
            if (one.approach, one.scenario, one.latency_ms) == wanted
        ]


def run_plan(plan: Plan, benchmark: Benchmark) -> Results:
    """Measure everything. The approaches take turns, so that noise affects all of them."""
    for approach in APPROACHES:
        benchmark.first_sync(approach, WARM_UP_PULL_REQUESTS)
    results = Results(plan)
    latencies = sorted({0, plan.latency_ms})
    for _ in range(plan.runs):
        for approach in APPROACHES:
            results.measurements += benchmark.full_series(
                approach, plan.pull_requests, plan.changed, latencies
            )
    if plan.latency_first_sync:
        results.measurements += [
            benchmark.first_sync(approach, plan.pull_requests, plan.latency_ms)
            for approach in APPROACHES
        ]
    if plan.more_pull_requests:
        results.larger = benchmark.first_sync(OURS, plan.more_pull_requests)
    return results


def worse_than_others(results: Results) -> list[str]:
    """Where another approach needed clearly less: a sentence for each scenario."""
    worse = {scenario: "; ".join(_worse_in(results, scenario)) for scenario in SCENARIOS}
    return [f"{scenario}: {what}." for scenario, what in worse.items() if what]


def _worse_in(results: Results, scenario: str) -> Iterator[str]:
    ours, *others = (results.line(approach, scenario) for approach in APPROACHES)
    for unit, form, value in _measures(results.plan):
        best = min(others, key=value)
        mine, least = f"{value(ours):{form}}", f"{value(best):{form}}"
        if value(best) < CLEARLY_LESS * value(ours) and least != mine:
            yield f"{mine} {unit} ({best.approach.title}: {least})"


def _measures(plan: Plan) -> list[tuple[str, str, Callable[[Line], float]]]:
    return [
        ("requests", "d", lambda line: line.requests),
        ("s", ".2f", lambda line: line.seconds),
        (f"s with +{plan.latency_ms} ms", ".2f", lambda line: line.latency_seconds),
        ("s of the client's CPU", ".2f", lambda line: line.cpu_seconds),
        ("s of GitHub's CPU", ".2f", lambda line: line.github_cpu_seconds),
        ("s of Postgres's CPU", ".2f", lambda line: line.postgres_cpu_seconds),
        ("MiB of memory", ".0f", lambda line: line.peak_mib),
    ]


def _median(measurements: Sequence[Measurement], value: Callable[[Measurement], float]) -> float:
    return median(value(one) for one in measurements)


def break_even_page_seconds(results: Results, other: Approach) -> float:
    """How long GitHub may take for each of our pages before the other first sync is faster."""
    ours, theirs = results.line(OURS, FIRST_SYNC), results.line(other, FIRST_SYNC)
    return (theirs.latency_seconds - (ours.seconds - ours.github_cpu_seconds)) / ours.requests
