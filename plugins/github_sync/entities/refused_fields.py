"""Fields that GitHub refuses to the connection's credentials: NULL in the tables, and named."""

from __future__ import annotations

from collections.abc import Mapping

from github_sync.entities import CHILDREN

COUNTS = "counts"
"""Stands for GitHub's counts of the pull requests, which only drift needs."""
SAMPLED = "existence sample"
"""Stands for the daily look at some stored rows, by which deletions are found."""
OF_A_PAGE = (COUNTS, SAMPLED)
"""No fields: the next page may show them again."""

Refused = Mapping[str, str]
"""GitHub's reason by field: ``reviews.commit``, ``labels``, ``author``; or :data:`COUNTS`."""


def now_refused(before: Refused, of_page: Refused, *, is_sampled: bool) -> dict[str, str]:
    """What is refused after a page: fields until all is read again, other parts until served.

    :param is_sampled: the page looked up the existence sample
    """
    served = {COUNTS, SAMPLED} if is_sampled else {COUNTS}
    return {name: why for name, why in before.items() if name not in served} | dict(of_page)


def refused_message(full_name: str, refused: Refused) -> str | None:
    """What a sync reports about them, with the remedy; None if there are none."""
    fields = sorted(name for name in refused if name not in OF_A_PAGE)
    sentences = [_refused_field(name, refused[name]) for name in fields]
    if sentences:
        sentences.append("Then run it with full_resync, which reads them again.")
    if COUNTS in refused:
        sentences.append(
            f"GitHub did not count the pull requests ({refused[COUNTS]}), so that drift is unknown."
        )
    if SAMPLED in refused:
        sentences.append(
            f"GitHub did not look up the existence sample ({refused[SAMPLED]}): deletions are "
            "found later."
        )
    return f"{full_name}: {' '.join(sentences)}" if sentences else None


def _refused_field(name: str, why: str) -> str:
    return (
        f"GitHub refused {name} ({why}): it is not stored. If the credentials lack it, "
        f"grant them {permission_of(name)}."
    )


def permission_of(name: str) -> str:
    """What a field needs that GitHub refused, as GitHub's settings call it."""
    connection, _, field = name.partition(".")
    for child in CHILDREN:
        if child.connection == connection and field in child.permissions:
            return f'the repository permission "{child.permissions[field]}"'
    return f"read access to {name}"
