"""Decides what a sync of a repository has to read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from github_sync.store.tracked_repositories import Mode, Scan, TrackedRepository


@dataclass(frozen=True)
class ScanRequest:
    """What the run asks for.

    :param run_id: the Airflow run; it resumes its own scans only, when it reads something again
    :param full_resync: read the whole history again
    :param since: read again at least what was updated at or after this (aware)
    """

    run_id: str
    full_resync: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class ScanPlan:
    """Which pull requests to read: those updated at or after ``since``, or all of them.

    :param since: the window's start (GitHub's clock); None for the whole history
    :param resumes: the unfinished scan that is resumed from its cursor, if there is one
    """

    mode: Mode
    since: datetime | None
    resumes: Scan | None = None


def plan_scan(repository: TrackedRepository, request: ScanRequest, overlap: timedelta) -> ScanPlan:
    """What to read of the repository.

    :param repository: its current row
    :param overlap: how far before the watermark an incremental scan starts
    """
    unfinished = repository.unfinished
    if request.full_resync or request.since:
        # Only what this run itself has read counts as read again.
        if unfinished and unfinished.run_id == request.run_id:
            return _resumed(unfinished)
        return _read_again(repository, request.since, overlap)
    if unfinished:
        return _resumed(unfinished)
    # Without stored pull requests all are new: they may have been hidden at the last watermark.
    if repository.last_sync_at is None or not repository.has_pull_requests:
        return ScanPlan("full", None)
    return ScanPlan("incremental", repository.last_sync_at - overlap)


def _resumed(scan: Scan) -> ScanPlan:
    return ScanPlan(scan.mode, scan.since, scan)


def _read_again(
    repository: TrackedRepository, since: datetime | None, overlap: timedelta
) -> ScanPlan:
    """From ``since`` on, or from earlier if something before it has not been read yet.

    :param since: None for the whole history
    """
    unfinished, last_sync_at = repository.unfinished, repository.last_sync_at
    is_full = unfinished is not None and unfinished.since is None
    if since is None or last_sync_at is None or is_full:
        return ScanPlan("full", None)
    starts = [since, last_sync_at - overlap]
    if unfinished and unfinished.since:
        starts.append(unfinished.since)
    return ScanPlan("incremental", min(starts))
