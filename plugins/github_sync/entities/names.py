"""Repository names: owner/name, in any case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator

from github_sync.errors import ConfigurationError


def _empty_if_none(value: Any) -> Any:
    return [] if value is None else value


Names = Annotated[list[str], BeforeValidator(_empty_if_none)]
"""A list of names in a form; one that was left empty is null."""

# Owners: letters, digits and hyphens, and one underscore for enterprise-managed users.
# https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
FULL_NAME = re.compile(OWNER.pattern + r"/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def split_full_name(full_name: str) -> tuple[str, str]:
    """Owner and name of ``owner/name``.

    :raises ConfigurationError: it is not of that form
    """
    if not FULL_NAME.fullmatch(full_name):
        raise ConfigurationError(
            f"{full_name!r} is not a repository's name.",
            'Write it as owner/name, for example "apache/airflow".',
        )
    owner, _, name = full_name.partition("/")
    return owner, name


def without_repeats(names: Collection[str]) -> list[str]:
    """The names, trimmed, each once whatever its case, in their first spelling; blank lines go.

    :raises ConfigurationError: there are names, but all are blank, which must not mean "all"
    """
    first_spelling: dict[str, str] = {}
    for name in filter(None, map(str.strip, names)):
        first_spelling.setdefault(name.lower(), name)
    if names and not first_spelling:
        raise ConfigurationError("All names given are blank.", "Name at least one, or give none.")
    return list(first_spelling.values())


def repeated(names: Iterable[str]) -> list[str]:
    """The names that occur more than once whatever their case, in lower case."""
    counts = Counter(name.strip().lower() for name in names)
    return sorted(name for name, times in counts.items() if name and times > 1)
