"""The command line."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.github_process import github_process
from benchmarks.measuring import Benchmark
from benchmarks.plan import Plan, run_plan
from benchmarks.postgres import embedded_postgres
from benchmarks.report import WIDTH, markdown_report, print_report

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the report, and write it as Markdown if requested."""
    options = vars(_parser().parse_args(arguments))
    file: Path | None = options.pop("markdown")
    plan = Plan(**options)
    console, started = Console(width=WIDTH, highlight=False), time.monotonic()
    with embedded_postgres() as postgres, github_process() as github:
        results = run_plan(plan, Benchmark(github, postgres, report=console.print))
        print_report(console, results)
        if file:
            file.write_text(markdown_report(results, postgres), encoding="utf-8")
            console.print(f"Written to {file.name}.")
    console.print(f"Took {time.monotonic() - started:.0f} s.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    default = Plan()
    number: dict[str, Any] = {"type": int, "metavar": "N"}
    add = parser.add_argument
    add("--pull-requests", default=default.pull_requests, help="the repository's size", **number)
    add("--changed", default=default.changed, help="pull requests changed a day later", **number)
    add("--runs", default=default.runs, help="runs; the report shows the medians", **number)
    add("--latency-ms", default=default.latency_ms, help="added to each answer", **number)
    add(
        "--latency-first-sync",
        action="store_true",
        help="measure first syncs with latency instead of computing them (5 minutes more)",
    )
    add(
        "--more-pull-requests",
        default=default.more_pull_requests,
        help="a larger repository, to see whether memory grows; 0 for none",
        **number,
    )
    add(
        "--markdown",
        nargs="?",
        type=Path,
        const=REPORT,
        metavar="FILE",
        help="also write the report as Markdown; by default to docs/benchmarks.md",
    )
    return parser
