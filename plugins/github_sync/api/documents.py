"""Puts GraphQL documents together: a query, and the fragments that it spreads."""

from __future__ import annotations

import re
from functools import cache

from github_sync.resources import graphql_fields, read_graphql

SPREAD = re.compile(r"\.\.\.(\w+)")
DEFINITION = re.compile(r"^fragment (\w+)", re.MULTILINE)


@cache
def document(name: str) -> str:
    """The query ``include/graphql/<name>.graphql``, with all fragments that it needs.

    :param name: the folder and the file: ``scans/changed_pull_requests``
    """
    files = [read_graphql(name)]
    known = {fragment: file for file in _fragments() for fragment in DEFINITION.findall(file)}
    for file in files:  # it grows: a fragment may spread others
        needed = (known[spread] for spread in SPREAD.findall(file) if spread in known)
        files.extend(dict.fromkeys(one for one in needed if one not in files))
    return "\n".join(files)


def _fragments() -> list[str]:
    return [read_graphql(name) for name in graphql_fields()]
