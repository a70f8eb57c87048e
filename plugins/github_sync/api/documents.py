"""Puts GraphQL documents together: a query, and the fragments that it spreads."""

from __future__ import annotations

import re
from functools import cache

from github_sync.entities import CHILDREN
from github_sync.resources import graphql_fields, read_graphql

FRAGMENT = re.compile(r"^fragment (\w+) .*?^}\n", re.MULTILINE | re.DOTALL)
SPREAD = re.compile(r"\.\.\.(\w+)")


@cache
def document(name: str) -> str:
    """The query ``include/graphql/<name>.graphql``, with the fragments that it needs.

    :param name: the folder and the file: ``scans/changed_pull_requests``
    """
    fragments = _fragments()
    parts = [read_graphql(name)]
    for part in parts:  # it grows: a fragment may spread others
        spread = (fragments[one] for one in SPREAD.findall(part) if one in fragments)
        parts.extend(dict.fromkeys(one for one in spread if one not in parts))
    return "\n".join(parts)


def _fragments() -> dict[str, str]:
    """All fragments by name: those of the files, and the one that names all children."""
    texts = "\n".join(read_graphql(name) for name in graphql_fields())
    spreads = " ".join(f"...{child.fragment}" for child in CHILDREN)
    children = f"fragment PullRequestChildren on PullRequest {{ {spreads}\n}}\n"
    return {found[1]: found[0] for found in FRAGMENT.finditer(f"{texts}\n{children}")}
