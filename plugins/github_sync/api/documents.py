"""Puts GraphQL documents together: a query, and the fragments that it spreads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from github_sync.entities import CHILDREN, KEPT_ENTITIES
from github_sync.resources import graphql_fields, read_graphql

FRAGMENT = re.compile(r"^fragment (\w+) .*?^}\n", re.MULTILINE | re.DOTALL)
SPREAD = re.compile(r"\.\.\.(\w+)")
REPEATED = re.compile(r"^( *)number0: .*?^\1}\n", re.MULTILINE | re.DOTALL)


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


def document_for_numbers(name: str, numbers: Iterable[int]) -> str:
    """The query, with its part ``number0`` repeated for each pull request's number.

    :param name: as of :func:`document`
    :returns: it answers with ``number12`` for the pull request 12
    """
    text = document(name)
    [part] = REPEATED.finditer(text)
    parts = (
        part[0].replace("number0:", f"number{number}:").replace("number: 0", f"number: {number}")
        for number in numbers
    )
    return text.replace(part[0], "".join(parts))


def _fragments() -> dict[str, str]:
    """All fragments by name: those of the files, and those that name what is in the registries."""
    texts = "\n".join(read_graphql(name) for name in graphql_fields())
    spreads = " ".join(f"...{child.fragment}" for child in CHILDREN)
    children = f"fragment PullRequestChildren on PullRequest {{ {spreads}\n}}\n"
    types = " ".join(f"... on {kept.graphql_type} {{ fullDatabaseId }}" for kept in KEPT_ENTITIES)
    stored = f"fragment StoredNode on Node {{ id {types}\n}}\n"
    return {found[1]: found[0] for found in FRAGMENT.finditer(f"{texts}\n{children}\n{stored}")}
