"""Alembic's entry point: migrates on the connection that github_sync.store.schema hands over.

https://alembic.sqlalchemy.org/en/latest/cookbook.html#connection-sharing
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="schema_version",
    version_table_schema="github",
)
context.run_migrations()
