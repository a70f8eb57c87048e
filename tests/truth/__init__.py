"""What the tables must hold, worked out from the server's world, independently of the sync.

Each child of a pull request has a module here by its name.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from github_server import Repository
from github_sync.entities import CHILDREN
from tests.fixtures.postgres import Database
from tests.truth import pull_requests

Tables = dict[str, dict[Any, dict[str, Any]]]
OF_CHILDREN = {child.name: import_module(f"tests.truth.{child.name}") for child in CHILDREN}


def stored(database: Database, repository: Repository) -> Tables:
    """What the tables hold of a repository that still exists on GitHub."""
    name = repository.full_name
    tables = {
        child: {of.key(row): row for row in database.rows(of.STORED, name=name)}
        for child, of in OF_CHILDREN.items()
    }
    rows = database.rows(pull_requests.STORED, name=name)
    return {"pull_requests": {row["number"]: row for row in rows}, **tables}


def truth(repository: Repository) -> Tables:
    """What GitHub has of it."""
    with repository.world.lock:
        all_of_it = list(repository.pull_requests.values())
        tables = {
            child: {of.key(row): row for one in all_of_it for row in of.rows(one)}
            for child, of in OF_CHILDREN.items()
        }
        rows = map(pull_requests.row, all_of_it)
        return {"pull_requests": {row["number"]: row for row in rows}, **tables}
