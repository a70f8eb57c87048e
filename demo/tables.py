"""The tables of the terminal reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.postgres import Row
from github_server.sample_data import Change

STATUSES = {
    "complete": "[good]✓ complete[/]",
    "skipped": "[note]· skipped[/]",
    "waiting": "[note]… waiting[/]",
}
FAILED = "[bad]✗ failed[/]"
WIDE = 98
"""The width that run_table needs for all columns."""
FIXED_WIDTH = 60
"""The width of open_table's columns without the title."""
DASH = "[quiet]-[/]"
NOTHING = Text("  Nothing yet.", "quiet")


def headline(text: str, remark: str = "") -> RenderableType:
    """A section's title."""
    return Text.assemble("\n", (text, "title"), (f"  {remark}" if remark else "", "quiet"))


def run_table(rows: Sequence[Row], width: int) -> Table:
    """The result of each repository in one run, shortened on a narrow terminal."""
    table = _table(show_footer=True)
    table.add_column("Repository", "Total", no_wrap=True)
    table.add_column("Status", no_wrap=True, min_width=10)
    table.add_column("Mode", no_wrap=True, min_width=11)
    _number(table, "Pull\nrequests", _sum(rows, "prs_synced"))
    _number(table, "Reviews", _sum(rows, "reviews_synced"))
    _number(table, "Requests", _sum(rows, "requests"))
    if is_wide := width >= WIDE:
        _number(table, "Quota\nleft")
        _number(table, "Time", f"{sum(float(row['seconds'] or 0) for row in rows):.1f} s")
    for row in rows:
        extra = (_or_dash(row["quota_remaining"], ",d"), f"{_or_dash(row['seconds'], '.1f')} s")
        table.add_row(
            row["full_name"] if is_wide else _short(row["full_name"]),
            STATUSES.get(row["status"], FAILED),
            row["mode"] or DASH,
            f"{row['prs_synced']:,}",
            f"{row['reviews_synced']:,}",
            f"{row['requests']:,}",
            *(extra if is_wide else ()),
        )
    return table


def failure_panel(row: Row, remark: str = "") -> Panel:
    """Why a repository failed, and what to do."""
    text = Text(str(row["error_message"] or "No error message. See the log."))
    if remark:
        text.append(f"\n\n{remark}", "quiet")
    title = f"[bad]✗ {row['full_name']}: {row['error_class'] or row['status']}[/]"
    return Panel(text, title=title, title_align="left", border_style="red", padding=(0, 1))


def flow_table(rows: Sequence[Row], _: int) -> RenderableType:
    """How fast each repository reviews and merges."""
    table = _table()
    table.add_column("Repository", no_wrap=True)
    for name in (
        "Pull\nrequests",
        "\nMerged",
        "\nOpen",
        "Hours to\nfirst review",
        "Hours to\nmerge",
    ):
        _number(table, name)
    for row in rows:
        table.add_row(
            row["full_name"],
            f"{row['pull_requests']:,}",
            f"{row['merged']:,}",
            f"{row['still_open']:,}",
            _or_dash(row["median_hours_to_first_review"], ".1f"),
            _or_dash(row["median_hours_to_merge"], ".1f"),
        )
    return table if rows else NOTHING


def open_table(rows: Sequence[Row], width: int) -> RenderableType:
    """The pull requests that have been open for longest."""
    table = _table()
    _number(table, "Days")
    table.add_column("Pull request", no_wrap=True)
    table.add_column("Title", no_wrap=True, max_width=width - FIXED_WIDTH)
    table.add_column("Author", no_wrap=True)
    table.add_column("Last review", no_wrap=True)
    for row in rows:
        table.add_row(
            _or_dash(row["days_open"], ".0f"),
            f"{_short(row['full_name'])}#{row['number']}",
            escape(row["title"]),
            row["author"] or "[quiet]deleted account[/]",
            row["last_review"].replace("_", " ") if row["last_review"] else "[note]none[/]",
        )
    return table if rows else NOTHING


def reviewer_table(rows: Sequence[Row], _: int) -> RenderableType:
    """The people who review most."""
    table = _table()
    table.add_column("Reviewer", no_wrap=True)
    for name in ("Reviews", "Pull requests", "Repositories", "Approving"):
        _number(table, name)
    for row in rows:
        table.add_row(
            row["login"],
            f"{row['reviews']:,}",
            f"{row['pull_requests']:,}",
            f"{row['repositories']:,}",
            f"{float(row['approved_share']):.0%}",
        )
    return table if rows else NOTHING


def change_table(changes: Mapping[str, Sequence[Change]]) -> Table:
    """The changes on the sample GitHub."""
    table = _table()
    table.add_column("Repository", no_wrap=True)
    table.add_column("Changed pull requests")
    for full_name, changed in changes.items():
        verbs = (f"#{change.number} {_verb(change)}" for change in changed)
        table.add_row(full_name, ", ".join(verbs))
    return table


def request_table(measured: Sequence[int], computed: Sequence[int], names: Sequence[str]) -> Table:
    """The requests of both runs, beside those that the replaced job would have needed."""
    table = _table()
    table.add_column("")
    _number(table, "GitHub Sync\n(counted)")
    _number(table, "REST, about 4 per pull\nrequest (computed, not run)")
    for name, counted, estimated in zip(names, measured, computed, strict=True):
        table.add_row(name, f"[good]{counted:,}[/]", f"{estimated:,}")
    return table


def count_table(counts: Mapping[str, int]) -> Table:
    """Names and counts."""
    table = Table.grid(padding=(0, 3))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, count in counts.items():
        table.add_row(f"  {name}", f"[name]{count:,}[/]")
    return table


def next_steps(steps: Mapping[str, str]) -> Table:
    """Commands and their purposes."""
    table = Table.grid(padding=(0, 3))
    table.add_column(style="name", no_wrap=True)
    table.add_column()
    for command, purpose in steps.items():
        table.add_row(f"  {command}", purpose)
    return table


def _table(show_footer: bool = False) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        header_style="head",
        footer_style="bold",
        border_style="quiet",
        show_edge=False,
        show_footer=show_footer,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def _number(table: Table, name: str, footer: str = "") -> None:
    width = max(map(len, (*name.splitlines(), footer)))
    table.add_column(name, footer, justify="right", no_wrap=True, min_width=width)


def _sum(rows: Sequence[Row], column: str) -> str:
    return f"{sum(int(row[column]) for row in rows):,}"


def _or_dash(value: object, form: str) -> str:
    if value is None:
        return DASH
    return format(int(str(value)) if form.endswith("d") else float(str(value)), form)


def _short(full_name: str) -> str:
    return full_name.partition("/")[2]


def _verb(change: Change) -> str:
    return change.what.partition(":")[0].partition(" by ")[0]
