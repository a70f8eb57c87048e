"""Saves what a page brought besides its pull requests: one statement, in the page's transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from github_sync.entities.repository import RepositoryInfo
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import Scan
from github_sync.store.warehouse import Warehouse


@dataclass(frozen=True)
class ScanProgress:
    """How far a scan is, and what GitHub reported about the repository.

    :param scan: the unfinished scan; None once it is complete
    :param complete_to: the new watermark (GitHub's clock), with the last page of a scan only
    :param is_full: the scan reads everything: its watermark replaces a later one, which is wrong
    :param last_sync_at: the watermark as this attempt knows it; one that an operator changed stays
    :param counted_at: when GitHub counted the pull requests, if the tables can be compared with its
        counts (GitHub's clock)
    :param refused_fields: GitHub's reason for each field that it refused
    :param page_size: how many pull requests GitHub served at once; None if not even one
    :param sampled_to_number: where the existence sample ended; None if there was none
    """

    github_state: str
    info: RepositoryInfo
    scan: Scan | None
    complete_to: datetime | None
    is_full: bool
    last_sync_at: datetime | None
    counted_at: datetime | None
    refused_fields: dict[str, str]
    page_size: int | None
    sampled_to_number: int | None

    @property
    def columns(self) -> dict[str, Any]:
        """The parameters of ``sync/save_page.sql`` that come from here."""
        info = self.info
        counts = info.counts if self.counted_at else None
        return {
            "github_state": self.github_state,
            "has_issues_enabled": info.has_issues_enabled,
            "open_prs": counts.open_prs if counts else None,
            "closed_prs": counts.closed_prs if counts else None,
            "merged_prs": counts.merged_prs if counts else None,
            "counted_at": self.counted_at if counts else None,
            "refused_fields": json.dumps(self.refused_fields),
            "page_size": self.page_size,
            "sampled_to_number": self.sampled_to_number,
            "last_sync_at": self.last_sync_at,
            "complete_to": self.complete_to,
            "is_full": self.is_full,
            **_scan_columns(self.scan),
        }


def save_page(warehouse: Warehouse, attempt: Attempt, progress: ScanProgress) -> datetime | None:
    """Save the progress of the scan and of the attempt; call it within the page's transaction.

    :returns: the watermark ``last_sync_at`` now
    """
    [saved] = warehouse.run(
        "sync/save_page",
        repository_id=attempt.job.repository_id,
        **attempt.progress,
        **progress.columns,
    )
    last_sync_at: datetime | None = saved["last_sync_at"]
    return last_sync_at


def _scan_columns(scan: Scan | None) -> dict[str, Any]:
    names = Scan.__dataclass_fields__
    return {f"scan_{name}": getattr(scan, name) if scan else None for name in names}
