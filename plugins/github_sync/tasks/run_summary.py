"""What one run came to: task instances' states and the tables' attempts in, numbers out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    status = attempt["status"] if attempt else "skipped"
    if instance.state != "success" or status not in ("complete", "skipped"):
        return "error"  # an instance may be set to success by hand; that stores nothing
    return "complete" if status == "complete" else "skipped"


@dataclass(frozen=True)
class RunRecords:
    """What the tables say of the run's repositories.

    :param attempts: the run's last attempt at each repository, by ``repository_id``
    :param prs_failed: how many of their pull requests are in sync_failures
    :param drift: their rows of repository_drift
    """

    attempts: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    prs_failed: int = 0
    drift: Sequence[Mapping[str, Any]] = ()


def summarize(found: list[Instance], evidence: RunRecords, left_out: list[str]) -> dict[str, Any]:
    """The result of summarize_run.

    :param left_out: repositories that were not dispatched because they are paused
    """
    judged = _judged(found, evidence)
    attempts = [evidence.attempts.get(one.repository_id) or {} for one in found]
    paused = [{"repository": name, "reason": "It is paused."} for name in left_out]
    return {
        "repos_dispatched": len(found),
        "repos_skipped": len(paused) + len(judged["skipped"]),
        "repos_complete": len(judged["complete"]),
        "repos_error": len(judged["error"]),
        "prs_synced": _total(attempts, "prs_synced"),
        "reviews_synced": _total(attempts, "reviews_synced"),
        "requests": _total(attempts, "requests"),
        "prs_failed": evidence.prs_failed,
        "errors": judged["error"],
        "incomplete": [one for one in judged["complete"] if one["reason"]],
        "drift": [_drift(row) for row in evidence.drift],
        "skipped": paused + judged["skipped"],
    }


def without_list(task_id: str) -> dict[str, Any]:
    """The result of summarize_run when there was no list of repositories to sync."""
    reason = f"{task_id} did not succeed; its log says why. No repository was synced."
    return summarize([], RunRecords(), []) | {"errors": [{"repository": None, "reason": reason}]}


def _judged(found: list[Instance], evidence: RunRecords) -> dict[Verdict, list[dict[str, str]]]:
    """The repositories by verdict, each with what there is to say of it."""
    judged: dict[Verdict, list[dict[str, str]]] = {"complete": [], "skipped": [], "error": []}
    for one in found:
        attempt = evidence.attempts.get(one.repository_id)
        its = verdict(one, attempt)
        reason = str((attempt or {}).get("error_message") or "")
        if its != "complete":
            reason = reason or f"Its task instance is {one.state}, without a word of its own."
        judged[its].append({"repository": one.full_name, "reason": reason})
    return judged


def _drift(row: Mapping[str, Any]) -> dict[str, str]:
    """In which states GitHub counted other numbers of pull requests than the tables hold."""
    counts = [
        f"{row[f'github_{state}_prs']} {state} (stored: {row[f'stored_{state}_prs']})"
        for state in ("open", "closed", "merged")
        if row[f"github_{state}_prs"] != row[f"stored_{state}_prs"]
    ]
    reason = f"GitHub counts {', '.join(counts)}. full_resync repairs it."
    return {"repository": row["full_name"], "reason": reason}


def _total(attempts: Iterable[Mapping[str, Any]], column: str) -> int:
    return sum(int(attempt.get(column, 0)) for attempt in attempts)
