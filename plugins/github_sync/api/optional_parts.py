"""What is good to know about a repository, and asked for with its pull requests: it may be missing.

GitHub's counts of the pull requests, when the newest was updated, and the sample of stored rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from github_sync.api.client import Answer
from github_sync.entities.refused_fields import COUNTS, SAMPLED
from github_sync.entities.repository import repository_info
from github_sync.entities.values import count
from github_sync.redaction import redact

LIST = "pullRequests"
SAMPLE = "sample"
"""The name under which the page's query looks up stored nodes."""

COUNTED = ("open", "closed", "merged", "totalCount")


@dataclass
class OptionalParts:
    """Whether one scan asks for them.

    :param too_heavy: why GitHub could not serve them, if it could not; then they are left out
    :param were_too_heavy: the last sync had to leave them out: they are tried once
    """

    were_too_heavy: bool = False
    too_heavy: str | None = None

    @property
    def are_asked_for(self) -> bool:
        """Whether the next page asks for them."""
        return self.too_heavy is None

    def variables(self, sample: tuple[str, ...]) -> dict[str, Any]:
        """The variables of a page's query that include them, or not."""
        are_asked_for = self.are_asked_for
        return {
            "withCounts": are_asked_for,
            "withSample": are_asked_for and bool(sample),
            "sample": list(sample) if are_asked_for else [],
        }

    def refused(self, answer: Answer, root: str, *, has_sample: bool) -> dict[str, str]:
        """Why GitHub did not serve them: its reason by their names; empty if it did.

        :param has_sample: a sample was to be looked up
        """
        if self.too_heavy is not None:
            return {COUNTS: self.too_heavy} | ({SAMPLED: self.too_heavy} if has_sample else {})
        refused = {}
        repository = answer.data[root]
        if repository_info(repository, answer.asked_at).counts is None or (
            count(repository[LIST].get("totalCount")) is None
        ):
            refused[COUNTS] = _reason(answer, lambda path: path[:1] == [root] and _counts(path))
        if has_sample and not isinstance(answer.data.get(SAMPLE), list):
            refused[SAMPLED] = _reason(answer, lambda path: path[:1] == [SAMPLE])
        return refused


def is_about_the_list(error: dict[str, Any], root: str) -> bool:
    """Whether an error concerns the pull requests of a page, or everything."""
    path = error.get("path") or []
    if path[:1] == [SAMPLE]:
        return False
    is_elsewhere = len(path) > 1 and path[:2] != [root, LIST]
    return not is_elsewhere and path[:3] != [root, LIST, "totalCount"]


def _counts(path: list[Any]) -> bool:
    return any(name in COUNTED for name in path[1:3])


def _reason(answer: Answer, is_meant: Callable[[list[Any]], bool]) -> str:
    messages = [one.get("message") for one in answer.errors if is_meant(one.get("path") or [])]
    return redact(str(next(filter(None, messages), "GitHub gave no reason")))
