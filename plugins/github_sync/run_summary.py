"""What one run came to: task instances' states and the tables' attempts in, numbers out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["complete", "skipped", "error"]


@dataclass(frozen=True)
class Instance:
    """One mapped instance of sync_repository, and what Airflow says became of it."""

    repository_id: int
    full_name: str
    map_index: int
    state: str


def instances(
    listed: list[dict[str, Any]], states: Mapping[str, str], task_id: str
) -> list[Instance]:
    """The run's instances.

    :param listed: what list_active_repositories returned; an instance's map index is its place
    :param states: by task id, with the map index appended behind an underscore
    """
    found = [
        Instance(**repository, map_index=index, state=states.get(f"{task_id}_{index}") or "removed")
        for index, repository in enumerate(listed)
    ]
    return [instance for instance in found if instance.state != "removed"]


def verdict(instance: Instance, attempt: Mapping[str, Any] | None) -> Verdict:
    """What became of the repository in this run.

    :param attempt: its last row of sync_attempts, if any
    """
    if instance.state != "success":
        return "error"
    is_complete = attempt is not None and attempt["status"] == "complete"
    return "complete" if is_complete else "skipped"


def summarize(
    found: list[Instance],
    attempts: Mapping[int, Mapping[str, Any]],
    left_out: list[str],
    missing_pull_requests: int,
) -> dict[str, Any]:
    """The result of summarize_run.

    :param attempts: the last attempt of each map index
    :param left_out: repositories that were not dispatched because they are paused
    :param missing_pull_requests: how many of these repositories' are in sync_failures
    """
    judged = [(one, verdict(one, attempts.get(one.map_index))) for one in found]
    by_verdict = {
        kind: [one for one, its in judged if its == kind]
        for kind in ("complete", "skipped", "error")
    }

    def reasons(kind: str) -> list[dict[str, str]]:
        return [
            {"repository": one.full_name, "reason": _reason(one, attempts.get(one.map_index))}
            for one in by_verdict[kind]
        ]

    return {
        "repos_dispatched": len(found),
        "repos_skipped": len(left_out) + len(by_verdict["skipped"]),
        "repos_complete": len(by_verdict["complete"]),
        "repos_error": len(by_verdict["error"]),
        "prs_synced": _total(attempts, "prs_synced"),
        "reviews_synced": _total(attempts, "reviews_synced"),
        "requests": _total(attempts, "requests"),
        "prs_missing": missing_pull_requests,
        "errors": reasons("error"),
        "skipped": [{"repository": name, "reason": "It is paused."} for name in left_out]
        + reasons("skipped"),
    }


def without_list(task_id: str) -> dict[str, Any]:
    """The result of summarize_run when there was no list of repositories to sync."""
    reason = f"{task_id} did not succeed; its log says why. No repository was synced."
    return summarize([], {}, [], 0) | {"errors": [{"repository": None, "reason": reason}]}


def _reason(instance: Instance, attempt: Mapping[str, Any] | None) -> str:
    said = attempt["error_message"] if attempt else None
    return str(said or f"Its task instance is {instance.state}, without a word of its own.")


def _total(attempts: Mapping[int, Mapping[str, Any]], column: str) -> int:
    return sum(int(attempt[column]) for attempt in attempts.values())
