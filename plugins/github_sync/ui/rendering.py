"""Renders the Jinja templates. Everything is escaped."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from github_sync.dag_ids import SYNC_DAG_ID, SYNC_TASK_ID, TRACK_DAG_ID
from github_sync.sync.progress import in_words
from github_sync.ui.access import Permissions, airflow_root
from github_sync.ui.chart import BAR, HEIGHT, WIDTH
from github_sync.ui.repository import progress_of
from github_sync.ui.states import STATES
from github_sync.ui.static_files import VERSION

templates = Environment(
    loader=PackageLoader("github_sync.ui"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(
    request: Request,
    permissions: Permissions | None,
    template: str,
    status: int = 200,
    **context: Any,
) -> Response:
    """One HTML page.

    :param permissions: None for pages without buttons
    """
    text = templates.get_template(template).render(
        context,
        permissions=permissions,
        airflow_root=airflow_root(request),
        base=request.scope.get("root_path", ""),
        now=datetime.now(timezone.utc),
    )
    return HTMLResponse(text, status)


def relative_time(moment: datetime | None) -> str:
    """For example ``3 min ago``, or ``in 3 min``."""
    if moment is None:
        return "never"
    seconds = (datetime.now(timezone.utc) - moment).total_seconds()
    return f"{in_words(seconds)} ago" if seconds >= 0 else f"in {in_words(-seconds)}"


def utc_time(moment: datetime | None) -> str:
    """A time in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""


def amount(value: float) -> str:
    """A number with as many decimals as are significant."""
    digits = 0 if value >= 10 or value == int(value) else 1 if value >= 1 else 2  # noqa: PLR2004
    return f"{value:,.{digits}f}"


def without_subject(text: str, full_name: str) -> str:
    """An error's text without the repository's name, for places that show the name."""
    subject, _, rest = text.partition(": ")
    if not rest or subject.split(" (")[0] != full_name:
        return text
    return rest[0].upper() + rest[1:]


def instance_path(attempt: Any) -> str:
    """The path of an attempt's task instance in Airflow's UI, below Airflow's root."""
    run = quote(attempt["run_id"], safe="")
    instance = f"/dags/{SYNC_DAG_ID}/runs/{run}/tasks/{SYNC_TASK_ID}/mapped/{attempt['map_index']}"
    return f"{instance}?try_number={attempt['try_number']}"


templates.filters.update(
    amount=amount,
    relative_time=relative_time,
    utc_time=utc_time,
    without_subject=without_subject,
)
templates.globals.update(
    STATES=STATES,
    VERSION=VERSION,
    DAG_ID=SYNC_DAG_ID,
    TASK_ID=SYNC_TASK_ID,
    TRACK_DAG_ID=TRACK_DAG_ID,
    BAR=BAR,
    HEIGHT=HEIGHT,
    WIDTH=WIDTH,
    progress_of=progress_of,
    instance_path=instance_path,
)
