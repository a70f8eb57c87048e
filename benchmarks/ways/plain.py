"""What the two REST ways share: their tables."""

from __future__ import annotations

import psycopg

from benchmarks.ways import Job, read_sql


def prepare(job: Job) -> None:
    """Create the plain tables."""
    with psycopg.connect(job.conninfo) as connection:
        connection.execute(read_sql("create_plain_tables"))
