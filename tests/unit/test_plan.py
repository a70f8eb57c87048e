"""What a sync decides to read, for every state that a repository's row can be in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from github_sync.store.tracked_repositories import Scan, TrackedRepository
from github_sync.sync.plan import ScanPlan, ScanRequest, plan_scan

OVERLAP = timedelta(minutes=5)
SYNCED_AT = datetime(2026, 3, 2, 4, tzinfo=timezone.utc)
LONG_AGO, LATELY = SYNCED_AT - timedelta(days=30), SYNCED_AT - timedelta(minutes=1)
FULL = ScanPlan("full", None)
CHANGES = ScanPlan("incremental", SYNCED_AT - OVERLAP)


def repository(**columns: Any) -> TrackedRepository:
    row = {
        "repository_id": 1,
        "github_repo_id": 7,
        "github_node_id": "R_7",
        "full_name": "acme/api",
        "is_active": True,
        "github_conn_id": "github_default",
        "last_sync_at": SYNCED_AT,
        "github_state": "active",
        "page_size": 100,
        "refused_fields": {},
        "has_pull_requests": True,
        "unfinished": None,
    }
    return TrackedRepository(**row | columns)


def unfinished(since: datetime | None, run_id: str = "earlier") -> Scan:
    mode: Any = "full" if since is None else "incremental"
    return Scan(mode, since, run_id, SYNCED_AT, SYNCED_AT, "a cursor")


@pytest.mark.parametrize(
    ("columns", "request_", "plan"),
    [
        ({}, {}, CHANGES),
        ({"last_sync_at": None}, {}, FULL),
        ({"has_pull_requests": False}, {}, FULL),
        ({}, {"full_resync": True}, FULL),
        ({}, {"since": LONG_AGO}, ScanPlan("incremental", LONG_AGO)),
        ({}, {"since": LATELY}, CHANGES),
        ({"last_sync_at": None}, {"since": LONG_AGO}, FULL),
        ({"unfinished": unfinished(None)}, {"since": LONG_AGO}, FULL),
        (
            {"unfinished": unfinished(LONG_AGO)},
            {"since": LATELY},
            ScanPlan("incremental", LONG_AGO),
        ),
    ],
)
def test_a_new_scan(columns: dict[str, Any], request_: dict[str, Any], plan: ScanPlan) -> None:
    assert plan_scan(repository(**columns), ScanRequest("now", **request_), OVERLAP) == plan


@pytest.mark.parametrize("since", [None, LONG_AGO])
def test_an_unfinished_scan_is_resumed(since: datetime | None) -> None:
    scan = unfinished(since)
    plan = plan_scan(repository(unfinished=scan), ScanRequest("now"), OVERLAP)
    assert plan == ScanPlan(scan.mode, since, scan)


@pytest.mark.parametrize("request_", [{"full_resync": True}, {"since": LONG_AGO}])
def test_a_run_that_reads_again_resumes_its_own_scan_only(request_: dict[str, Any]) -> None:
    ours, theirs = unfinished(None, "now"), unfinished(None, "earlier")
    asked = ScanRequest("now", **request_)
    assert plan_scan(repository(unfinished=ours), asked, OVERLAP).resumes == ours
    assert plan_scan(repository(unfinished=theirs), asked, OVERLAP).resumes is None
