"""The form of each Dag: what the trigger dialog, the REST API and the CLI may ask of a run.

``run_configuration`` checks what came of it.
"""

from __future__ import annotations

from airflow.sdk import Param

SYNC_FORM = {
    "repositories": Param(
        [],
        type="array",
        items={"type": "string"},
        title="Repositories",
        description="Full names (owner/name), one a line. Empty: all active repositories.",
        examples=["apache/airflow"],
    ),
    "full_resync": Param(
        False,
        type="boolean",
        title="Full resync",
        description="Read the whole history again instead of what changed since the last sync.",
    ),
    "since": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="Since",
        description="Read what was updated since this time again (2026-01-31T00:00:00Z).",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Only say, in the log, what it would take: nothing is written.",
    ),
}
