"""The tables of both REST approaches."""

from __future__ import annotations

import psycopg

from benchmarks.approaches import Job, read_sql


def prepare(job: Job) -> None:
    """Create the plain tables."""
    with psycopg.connect(job.conninfo) as connection:
        connection.execute(read_sql("create_plain_tables"))
