"""Summarizes one run: task instances' states and the tables' attempts in, numbers out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from github_sync.sync.drift import differences, remedy

Verdict = Literal["complete", "skipped", "error"]


@dataclass(frozen=True)
class Instance:
    """One mapped instance of sync_repository, with its state in Airflow."""

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
    """How the repository ended in this run.

    :param attempt: its last row of sync_attempts, if any
    """
    status = attempt["status"] if attempt else "skipped"
    if instance.state != "success" or status not in ("complete", "skipped"):
        return "error"  # an instance that was set to success by hand has stored nothing
    return "complete" if status == "complete" else "skipped"


@dataclass(frozen=True)
class RunRecords:
    """What the tables have about the run's repositories.

    :param attempts: the run's last attempt at each repository, by ``repository_id``
    :param prs_failed: how many of their pull requests are in sync_failures
    :param drift: their rows of repository_drift
    """

    attempts: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    prs_failed: int = 0
    drift: Sequence[Mapping[str, Any]] = ()


def summarize(found: list[Instance], records: RunRecords, left_out: list[str]) -> dict[str, Any]:
    """The result of summarize_run.

    :param left_out: repositories that were not synced because they are paused
    """
    by_verdict = _by_verdict(found, records)
    attempts = [records.attempts.get(one.repository_id) or {} for one in found]
    paused = [{"repository": name, "reason": "It is paused."} for name in left_out]
    return {
        "repos_dispatched": len(found),
        "repos_skipped": len(paused) + len(by_verdict["skipped"]),
        "repos_complete": len(by_verdict["complete"]),
        "repos_error": len(by_verdict["error"]),
        "prs_synced": _total(attempts, "prs_synced"),
        "reviews_synced": _total(attempts, "reviews_synced"),
        "requests": _total(attempts, "requests"),
        "prs_failed": records.prs_failed,
        "errors": by_verdict["error"],
        "incomplete": [one for one in by_verdict["complete"] if one["reason"]],
        "drift": [_drift(row) for row in records.drift],
        "skipped": paused + by_verdict["skipped"],
    }


def without_list(reason: str) -> dict[str, Any]:
    """The result of summarize_run if there is no list of repositories to sync, and why."""
    return summarize([], RunRecords(), []) | {"errors": [{"repository": None, "reason": reason}]}


def _by_verdict(found: list[Instance], records: RunRecords) -> dict[Verdict, list[dict[str, str]]]:
    """The repositories by verdict, each with its reason."""
    by_verdict: dict[Verdict, list[dict[str, str]]] = {"complete": [], "skipped": [], "error": []}
    for one in found:
        attempt = records.attempts.get(one.repository_id)
        ended = verdict(one, attempt)
        reason = str((attempt or {}).get("error_message") or "")
        if ended != "complete":
            reason = reason or _without_error(one.state)
        by_verdict[ended].append({"repository": one.full_name, "reason": reason})
    return by_verdict


def _without_error(state: str) -> str:
    how = "failed" if state == "failed" else f"ended as {state}"
    return f"The task instance {how} without recording an error; see its log."


def _drift(row: Mapping[str, Any]) -> dict[str, str]:
    """The states of which GitHub counted other numbers of pull requests than the tables have."""
    counts = [f"{github} {state} (stored: {stored})" for state, github, stored in differences(row)]
    reason = f"GitHub counts {', '.join(counts)}. {remedy(row)}"
    return {"repository": row["full_name"], "reason": reason}


def _total(attempts: Iterable[Mapping[str, Any]], column: str) -> int:
    return sum(int(attempt.get(column, 0)) for attempt in attempts)
