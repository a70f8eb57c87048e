"""Fields that GitHub refuses to the connection's credentials: NULL in the tables, and named."""

from __future__ import annotations

from collections.abc import Mapping

from github_sync.entities import CHILDREN

COUNTS = "counts"
"""Stands for GitHub's counts of the pull requests, which only drift needs."""

Refused = Mapping[str, str]
"""GitHub's reason by field: ``reviews.commit``, ``labels``, ``author``; or :data:`COUNTS`."""


def now_refused(before: Refused, of_page: Refused) -> dict[str, str]:
    """What is refused after a page: fields until all is read again, counts until they are made."""
    fields = {name: why for name, why in before.items() if name != COUNTS}
    return fields | dict(of_page)


def refused_message(full_name: str, refused: Refused) -> str | None:
    """What a sync reports about them, with the remedy; None if there are none."""
    sentences = [
        _refused_field(name, why) for name, why in sorted(refused.items()) if name != COUNTS
    ]
    if sentences:
        sentences.append("Then run it with full_resync, which reads them again.")
    if COUNTS in refused:
        sentences.append(
            f"GitHub did not count the pull requests ({refused[COUNTS]}), so that drift is unknown."
        )
    return f"{full_name}: {' '.join(sentences)}" if sentences else None


def _refused_field(name: str, why: str) -> str:
    return (
        f"GitHub refused {name} ({why}): it is not stored. Grant the connection's credentials "
        f"{permission_of(name)}."
    )


def permission_of(name: str) -> str:
    """What a field needs that GitHub refused, as GitHub's settings call it."""
    connection, _, field = name.partition(".")
    for child in CHILDREN:
        if child.connection == connection and field in child.permissions:
            return f'the repository permission "{child.permissions[field]}"'
    return f"read access to {name}"
