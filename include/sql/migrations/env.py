"""Alembic's entry point: each ``versions/*.sql`` is one migration, in the order of the numbers.

Alembic finds Python files only, so that its map of revisions is made here. It migrates on the
connection that github_sync.store.schema hands over.
https://alembic.sqlalchemy.org/en/latest/cookbook.html#connection-sharing
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from alembic import context, op
from alembic.script import Script
from alembic.script.revision import RevisionMap

VERSIONS = Path(__file__).with_name("versions")


def revisions() -> Iterator[Script]:
    """One revision for each file; the number is its id, and it follows the number before it."""
    previous = None
    for path in sorted(VERSIONS.glob("*.sql")):
        module = ModuleType(path.stem, path.stem.replace("_", " "))
        module.down_revision = previous
        module.upgrade = upgrade(path)
        previous = path.stem.partition("_")[0]
        yield Script(module, previous, str(path))


def upgrade(path: Path) -> Callable[[], None]:
    """Runs the file in the migration's transaction."""
    return lambda: op.get_bind().exec_driver_sql(path.read_text(encoding="utf-8"))


context.script.revision_map = RevisionMap(revisions)
context.configure(
    connection=context.config.attributes["connection"],
    version_table="schema_version",
    version_table_schema="github",
)
context.run_migrations()
