"""Reads what changed in one repository into the tables: in scans, from the last updated back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from github_sync.api.client import GitHubClient
from github_sync.api.not_found import find_again
from github_sync.api.optional_parts import OptionalParts
from github_sync.api.page_size import PageSize
from github_sync.api.pull_request_pages import PullRequestPage, Window, changed_pull_requests
from github_sync.entities import PULL_REQUESTS
from github_sync.entities.refused_fields import COUNTS, now_refused
from github_sync.errors import GitHubUnavailable, InvalidCursor, RepositoryNotFound
from github_sync.settings import Settings
from github_sync.store.existence_sample import ExistenceSample, next_existence_sample
from github_sync.store.pull_requests import store_pull_requests
from github_sync.store.scan_progress import ScanProgress, save_page
from github_sync.store.suspects import save_existence_sample
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import Mode, Scan, TrackedRepository, identify
from github_sync.store.warehouse import Warehouse
from github_sync.sync.plan import ScanRequest, plan_scan
from github_sync.sync.progress import Pace, Progress

log = logging.getLogger(__name__)

Result = TypeVar("Result")

DISABLED = "pull_requests_disabled"
"""The github_state of a repository that shows no pull requests, though it has some."""


@dataclass(frozen=True)
class ScanResult:
    """How one scan ended.

    :param started_at: when it asked for its first page (GitHub's clock)
    :param is_snapshot: nothing changed meanwhile, so that the tables match what GitHub had when it
        sent the last page
    """

    started_at: datetime
    is_snapshot: bool


class Scanner:
    """The scans of one attempt at one repository whose lock we hold.

    :param repository: its row; kept up to date with what GitHub reports
    """

    def __init__(
        self,
        attempt: Attempt,
        warehouse: Warehouse,
        github: GitHubClient,
        repository: TrackedRepository,
        settings: Settings,
    ) -> None:
        self.attempt = attempt
        self.warehouse = warehouse
        self.github = github
        self.repository = repository
        self.overlap = timedelta(seconds=settings.overlap_seconds)
        self.size = PageSize(repository.page_size, settings.page_size)
        self.optional = OptionalParts(were_too_heavy=COUNTS in repository.refused_fields)

    def read_changes(self) -> None:
        """Read what changed; find the repository again if GitHub does not know its node id.

        :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``; RepositoryNotFound with
            the reason, as far as GitHub shows it
        """
        self.with_known_id(self._read_changes)

    def with_known_id(self, work: Callable[[], Result]) -> Result:
        """What ``work`` returns; if GitHub does not know the node id, once it is found again.

        :raises SyncError: as ``github_sync.api.not_found.find_again``, or as ``work``
        """
        try:
            return work()
        except RepositoryNotFound as error:
            refusal = error
        self._find_again(refusal)  # out of the handler: what it raises has no other error behind it
        return work()

    def _find_again(self, refusal: RepositoryNotFound) -> None:
        """Find the repository by its database id, and save what it is called now."""
        before = self.repository
        found = find_again(self.github, before.ref, refusal)
        if (found.github_node_id, found.full_name) == (before.github_node_id, before.full_name):
            raise GitHubUnavailable(
                f"{self.github.about}: GitHub answered that it has no such repository, and by its "
                "name that it has."
            )
        log.warning(
            "%s: GitHub no longer knows its id %s; it is %s now.",
            found.full_name,
            before.github_node_id,
            found.github_node_id,
        )
        with self.warehouse.transaction():
            self.repository = identify(self.warehouse, before, found)

    def _read_changes(self) -> None:
        """Finish the unfinished scan, or start one.

        If anything changed meanwhile, a second scan reads that.
        """
        job = self.attempt.job
        request = ScanRequest(job.run_id, job.full_resync, job.since)
        plan = plan_scan(self.repository, request, self.overlap)
        self.attempt.mode = plan.mode
        if plan.resumes:
            log.info(
                "%s: resumes the %s scan started by run %s",
                self.repository.full_name,
                plan.mode,
                plan.resumes.run_id,
            )
        result = self._scan_again_if_refused(plan.resumes or self._new_scan(plan.mode, plan.since))
        if not result.is_snapshot:
            self._scan(self._new_scan("incremental", result.started_at - self.overlap))

    def _new_scan(self, mode: Mode, since: datetime | None) -> Scan:
        return Scan(mode, since, self.attempt.job.run_id, self.attempt.started_at)

    def _scan_again_if_refused(self, scan: Scan) -> ScanResult:
        try:
            return self._scan(scan)
        except InvalidCursor as refusal:
            if scan.cursor is None:
                raise
            log.warning("%s The scan starts again from its first page.", refusal)
            began_at = self.attempt.started_at
            again = replace(scan, started_at=None, cursor=None, began_at=began_at, prs_read=0)
            return self._scan(again)

    def _scan(self, scan: Scan) -> ScanResult:
        is_first = scan.cursor is None
        sample = self._existence_sample(scan)
        window = Window(scan.since, scan.cursor, sample.rows)
        pace = Pace(scan.prs_read)
        for page in changed_pull_requests(
            self.github, self.repository.ref, window, self.size, self.optional
        ):
            scan = _advanced(scan, page, self.attempt.started_at)
            result = _result(scan, page, is_first and page.is_last)
            before = {} if is_first and scan.mode == "full" else self.repository.refused_fields
            self.repository = replace(
                self.repository,
                refused_fields=now_refused(
                    before, page.refused, is_sampled=page.sample is not None
                ),
            )
            is_first = False
            github_state = self._github_state(page, window)
            with self.warehouse.transaction():
                self._store(scan, page, sample, github_state, result)
            self.attempt.full_name = self.repository.full_name
            self.github = self.github.named(self.repository.full_name)
            self._log_page(page, pace.progress(scan.prs_read, scan.prs_total))
        return result

    def _existence_sample(self, scan: Scan) -> ExistenceSample:
        """Empty for a full scan, which shows by itself what is gone."""
        if scan.mode == "full" or scan.cursor or not self.repository.has_pull_requests:
            return ExistenceSample()
        return next_existence_sample(self.warehouse, self.repository.repository_id)

    def _github_state(self, page: PullRequestPage, window: Window) -> str:
        """GraphQL shows nothing at all if pull requests are disabled: they are not gone."""
        repository = self.repository
        # A repository that never had any is asked about once, not with a request per sync.
        may_have_some = repository.has_pull_requests or repository.last_sync_at is None
        is_empty = page.is_empty and not page.total
        if not is_empty or not (may_have_some or window.cursor):
            return page.info.github_state
        if not self.github.has_pull_requests(page.repository.github_repo_id):
            return DISABLED
        if page.total is None and repository.has_pull_requests and not window.cursor:
            raise GitHubUnavailable(
                f"{self.github.about}: GitHub listed no pull requests, and did not count them."
            )
        return page.info.github_state

    def _store(
        self,
        scan: Scan,
        page: PullRequestPage,
        sample: ExistenceSample,
        github_state: str,
        result: ScanResult,
    ) -> None:
        """One page, its failures and the checkpoint: all of it or nothing."""
        self.repository = identify(self.warehouse, self.repository, page.repository)
        repository_id = self.repository.repository_id
        stored, _ = store_pull_requests(
            self.warehouse,
            repository_id,
            page.pull_requests,
            page.failures,
            overwrite=scan.mode == "full",
        )
        self.attempt.count(stored)
        # While pull requests are disabled nothing is shown, so nothing was read.
        is_shown = github_state != DISABLED
        is_complete = is_shown and page.is_last
        if is_complete and scan.mode == "full":
            self.warehouse.run(
                PULL_REQUESTS.sql("suspect_unlisted"),
                repository_id=repository_id,
                began_at=scan.began_at,
            )
        is_sampled = is_shown and page.sample is not None
        if is_sampled and page.sample:
            save_existence_sample(self.warehouse, page.sample)
        last_sync_at = save_page(
            self.warehouse,
            self.attempt,
            ScanProgress(
                github_state=github_state,
                info=page.info,
                scan=_unfinished(self.repository, scan, page.is_last, is_shown),
                complete_to=scan.started_at if is_complete else None,
                is_full=scan.mode == "full",
                last_sync_at=self.repository.last_sync_at,
                counted_at=page.asked_at if is_complete and result.is_snapshot else None,
                refused_fields=self.repository.refused_fields,
                page_size=page.size,
                sampled_to_number=sample.next_number if is_sampled else None,
            ),
        )
        self.repository = replace(
            self.repository,
            github_state=github_state,
            last_sync_at=last_sync_at,
        )

    def _log_page(self, page: PullRequestPage, progress: Progress) -> None:
        log.info(
            "%s: stored a page of %d pull requests; %s; %d requests, %s of the quota left, %.1f s",
            self.repository.full_name,
            len(page.pull_requests),
            progress,
            self.github.requests,
            self.github.quota_remaining,
            progress.seconds,
        )


def _advanced(scan: Scan, page: PullRequestPage, now: datetime | None) -> Scan:
    """The scan after this page; the total to read is known for full ones.

    :param now: a time before the page was asked for, by Postgres's clock. A proxy's wrong Date must
        not move the watermark into the future: nothing that changes until then would be read
    """
    started_at = min(page.asked_at, now) if now else page.asked_at
    return replace(
        scan,
        started_at=scan.started_at or started_at,
        cursor=page.cursor,
        prs_read=scan.prs_read + len(page.pull_requests) + len(page.failures),
        prs_total=(page.total or scan.prs_total) if scan.mode == "full" else None,
    )


def _unfinished(
    repository: TrackedRepository, scan: Scan, is_last: bool, is_shown: bool
) -> Scan | None:
    """What the next attempt resumes: nothing was read if nothing was shown."""
    if not is_shown:
        return repository.unfinished
    return None if is_last else scan


def _result(scan: Scan, page: PullRequestPage, is_only_page: bool) -> ScanResult:
    assert scan.started_at is not None  # noqa: S101 - set with the first page
    newest_at = page.info.newest_at
    is_quiet = newest_at is None or newest_at < scan.started_at
    return ScanResult(scan.started_at, is_snapshot=is_only_page or is_quiet)
