"""The results as tables: for a terminal, and for docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from string import Template

import psycopg
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.approaches import APPROACHES, OURS, REPLACED_JOB, REST_LISTS
from benchmarks.measuring import FIRST_SYNC, Measurement
from benchmarks.plan import (
    Line,
    Plan,
    Results,
    break_even_page_seconds,
    worse_than_others,
)
from benchmarks.postgres import Postgres

TEMPLATE = Path(__file__).with_name("report_template.md")
WIDTH = 110
COMPUTED = "≈ "


def print_report(console: Console, results: Results) -> None:
    """Print the report on a terminal."""
    console.print(f"\n[bold]{results.plan.pull_requests:,} pull requests, 3 reviews each[/]")
    console.print(_table(results), remark(results))
    if results.larger:
        console.print(memory_sentence(results, results.larger))
    console.print(
        "\n[bold]Where another approach needed less[/]", *worse_than_others(results), sep="\n"
    )


def _table(results: Results) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(headings(results.plan)[1], no_wrap=True)
    for name in headings(results.plan)[2:]:
        table.add_column(name, justify="right")
    for line in results.lines():
        if line.approach == OURS:
            table.add_row(f"[bold]{line.scenario}[/]")
        table.add_row(*cells(line)[1:], style="green" if line.approach == OURS else None)
    return table


def headings(plan: Plan) -> list[str]:
    """The column names."""
    return [
        "Scenario",
        "Approach",
        "Requests",
        "Seconds",
        f"With +{plan.latency_ms} ms",
        "Client CPU",
        "GitHub CPU",
        "Postgres CPU",
        "Memory (grown)",
        "Rows/s",
    ]


def cells(line: Line) -> list[str]:
    """One line of the table."""
    mark = COMPUTED if line.is_computed else ""
    return [
        line.scenario,
        line.approach.title,
        f"{line.requests:,}",
        f"{line.seconds:.2f}",
        f"{mark}{line.latency_seconds:.2f}",
        f"{line.cpu_seconds:.2f}",
        f"{line.github_cpu_seconds:.2f}",
        f"{line.postgres_cpu_seconds:.2f}",
        f"{line.peak_mib:.0f} (+{line.grown_mib:.1f})",
        f"{line.rows_per_second:,.0f}" if line.scenario == FIRST_SYNC else "",
    ]


def remark(results: Results) -> str:
    """What the numbers mean."""
    plan = results.plan
    first = [results.line(approach, FIRST_SYNC) for approach in APPROACHES]
    spread = max(line.slowest / line.fastest for line in first)
    text = (
        f"Medians of {plan.runs} runs, in seconds and MiB. The slowest first sync of an approach "
        f"took {spread:.1f} times as long as its fastest."
    )
    if plan.latency_first_sync:
        return f"{text} With {plan.latency_ms} ms added, first syncs were measured once."
    how = f"{COMPUTED.strip()} is computed: {plan.latency_ms} ms more for each request."
    return f"{text} {how}"


def memory_sentence(results: Results, larger: Measurement) -> str:
    """Whether memory grows with the history."""
    line = results.line(OURS, FIRST_SYNC)
    grown = larger.usage.peak_mib - larger.usage.idle_mib
    return (
        f"A first sync of {results.plan.pull_requests:,} pull requests by {OURS.title.lower()} "
        f"grew its process by {line.grown_mib:.1f} MiB; one of {larger.pull_requests:,}, by "
        f"{grown:.1f} MiB."
    )


def markdown_report(results: Results, postgres: Postgres) -> str:
    """The text of docs/benchmarks.md."""
    first = {approach: results.line(approach, FIRST_SYNC) for approach in APPROACHES}
    plan = results.plan
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        table=_markdown(headings(plan), [cells(line) for line in results.lines()]),
        remark=remark(results),
        memory=memory_sentence(results, results.larger) if results.larger else "",
        worse="\n".join(f"- {line}" for line in worse_than_others(results)) or "- Nowhere.",
        facts=_markdown(["", ""], _facts(postgres)),
        command=command(plan),
        latency=plan.latency_ms,
        changed=plan.changed,
        pull_requests=f"{plan.pull_requests:,}",
        ours_requests=first[OURS].requests,
        lists_requests=f"{first[REST_LISTS].requests:,}",
        job_requests=f"{first[REPLACED_JOB].requests:,}",
        job_minutes=round(first[REPLACED_JOB].requests / 4 / 60),
        lists_tie=f"{break_even_page_seconds(results, REST_LISTS):.0f}",
        job_tie=f"{break_even_page_seconds(results, REPLACED_JOB):.0f}",
    )


def command(plan: Plan) -> str:
    """The command that repeats it."""
    defaults, options = vars(Plan()), []
    for name, value in vars(plan).items():
        if value != defaults[name]:
            flag = "--" + name.replace("_", "-")
            options.append(flag if value is True else f"{flag} {value}")
    return " ".join(["python -m benchmarks", *options, "--markdown"])


def _facts(postgres: Postgres) -> list[list[str]]:
    with psycopg.connect(postgres.conninfo) as connection:
        version = connection.info.server_version // 10000
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        ["Date", f"{datetime.now(timezone.utc):%Y-%m-%d}"],
        ["Machine", f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"],
        ["Python", platform.python_version()],
        ["PostgreSQL", f"{version}, embedded, its default settings"],
        ["Load average at the end (1, 5, 15 min)", f"{load}; above the cores: other work, noise"],
    ]


def _markdown(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
