"""The errors of ours for what Postgres and its drivers raise; decided by SQLSTATE, in any language.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from github_sync.errors import RowRefused, SyncError, WarehouseRefused, WarehouseUnavailable
from github_sync.redaction import redact

ROW_CLASSES = ("22", "23", "54")
PASSING_CLASSES = ("08", "40", "53", "55", "57", "58")
PASSING = ("25006", "25P03", "25P04")
"""Read-only after a failover, and sessions that waited too long."""
CHANGED_CLASSES = ("0A", "3F", "42", "P0")
"""What a table, column or trigger that someone changed leads to."""

PERMISSION = "42501"
LIMITS = (
    "If this persists, check the role's statement_timeout and lock_timeout, and what holds locks."
)
PASSING_REMEDIES = {
    "25006": "If this persists, check whether the server is a standby, and whether "
    "default_transaction_read_only is set.",
    "25P04": "If this persists, check the role's transaction_timeout.",
    "53300": "If this persists, raise the limit of connections, or lower "
    "GITHUB_SYNC_MAX_CONCURRENCY.",
    "55P03": LIMITS,
    "57014": LIMITS,
}


def sqlstate(error: Exception) -> str:
    """Postgres's code of the error, of psycopg or psycopg2; empty if the server gave none."""
    return str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")


def warehouse_error(error: Exception, place: str = "") -> SyncError:
    """The error of ours for what the driver raised.

    :param place: where it happened: the Airflow connection and the host
    :returns: RowRefused (this content cannot be stored), WarehouseRefused (permissions, missing
        objects) or WarehouseUnavailable (worth another try)
    """
    code = sqlstate(error)
    # The whole text may show the row.
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    said = redact(" ".join((primary or str(error)).split()))
    if code.startswith(ROW_CLASSES):
        return RowRefused(f"Postgres cannot store it ({code}: {said}).")
    where = f"; {place}" if place else ""
    if not code and type(error).__name__ == "DataError":
        return RowRefused(
            f"The driver refuses a value ({said}{where}).",
            "Correct it, if it was changed by hand: no time may be infinite.",
        )
    if code == PERMISSION:
        return WarehouseRefused(
            f"Postgres denied permission ({said}{where}).",
            "Grant it to the connection's role (docs/deploying.md), or use the role that owns the "
            "tables; a role that row-level security applies to needs bypassrls. Then clear the "
            "failed instance.",
        )
    what = f"{code + ': ' if code else ''}{said}{where}"
    if not code or code.startswith(PASSING_CLASSES) or code in PASSING:
        return WarehouseUnavailable(
            f"Postgres was unavailable or interrupted the statement ({what}).",
            PASSING_REMEDIES.get(code, "Check the database and the connection if this persists."),
        )
    return WarehouseRefused(
        f"Postgres refused the statement ({what}).",
        "Check whether the schema github was changed by hand."
        if code.startswith(CHANGED_CLASSES)
        else "The server's log has the details.",
    )


@contextmanager
def translated(connection: Any, place: str = "") -> Iterator[None]:
    """Replaced, not chained: Postgres's own error shows the row."""
    try:
        yield
    except connection.Error as error:
        raise warehouse_error(error, place) from None
