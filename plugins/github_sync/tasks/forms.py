"""The form of each Dag: what the trigger dialog, the REST API and the CLI may ask of a run.

``run_configuration`` checks what came of it: it names a malformed value and applies the others,
where a pattern here would refuse the whole run. A list has no ``examples``, for these would make
Airflow's form a choice among them:
https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/params.html
"""

from __future__ import annotations

from airflow.sdk import Param

LONGEST_CONN_ID = 250
"""Airflow allows no longer one."""

SYNC_FORM = {
    "repositories": Param(
        [],
        type=["null", "array"],
        items={"type": "string"},
        title="Repositories",
        description="Full names, one a line, for example apache/airflow. They must be tracked. "
        "Empty: all active repositories.",
    ),
    "full_resync": Param(
        False,
        type="boolean",
        title="Full resync",
        description="Read the whole history again instead of what changed since the last sync: one "
        "request for each 100 pull requests. Not together with Since.",
    ),
    "since": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="Since",
        description="Read again what was updated at or after this time, for example "
        "2026-01-31T00:00:00Z. Empty: what changed since each repository's last sync.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Only say, in the log, how many requests it would take: nothing is written.",
    ),
}

TRACK_FORM = {
    "repositories": Param(
        [],
        type=["null", "array"],
        items={"type": "string"},
        title="Repositories",
        description="Full names, one a line, for example apache/airflow. Upper and lower case are "
        "the same.",
    ),
    "organizations": Param(
        [],
        type=["null", "array"],
        items={"type": "string"},
        title="Organizations",
        description="Logins of organizations or users, one a line, for example apache: all their "
        "repositories, except archived ones and forks.",
    ),
    "is_active": Param(
        True,
        type="boolean",
        title="Active",
        description="On: track (or resume) them. Off: pause them; what is stored stays.",
    ),
    "github_conn_id": Param(
        None,
        type=["null", "string"],
        maxLength=LONGEST_CONN_ID,
        examples=["github_default"],
        title="GitHub connection",
        description="The Airflow connection whose credentials can read them. Empty: the one a "
        "tracked repository has; github_default for a new one.",
    ),
    "check_only": Param(
        False,
        type="boolean",
        title="Check only",
        description="Only report what the credentials are and can read: nothing is changed. With "
        "nothing named: all that is tracked with the connection.",
    ),
}
