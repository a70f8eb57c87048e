"""Reads what changed in one repository into the tables: in passes, from the newest back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from github_sync.api.client import GitHubClient
from github_sync.api.page_size import PageSize
from github_sync.api.pull_request_pages import Page, Window, changed_pull_requests
from github_sync.errors import InvalidCursor
from github_sync.settings import Settings
from github_sync.store.existence_sample import (
    ExistenceSample,
    next_existence_sample,
    save_existence_sample,
)
from github_sync.store.pull_requests import store_pull_requests
from github_sync.store.sync_attempts import Attempt
from github_sync.store.tracked_repositories import Mode, Scan, TrackedRepository, identify
from github_sync.store.warehouse import Warehouse
from github_sync.sync.progress import Pace, Progress

log = logging.getLogger(__name__)

DISABLED = "pull_requests_disabled"
"""The github_state of a repository that shows no pull requests, though it has some."""


@dataclass(frozen=True)
class ScanResult:
    """What one pass came to.

    :param is_snapshot: nothing changed while it was reading, so that the tables are what GitHub
        had when it gave the last page
    """

    started_at: datetime
    is_snapshot: bool


class Scanner:
    """The passes of one attempt at one repository whose lock we hold.

    :param repository: its row; kept up to date with what GitHub says
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

    def read_what_changed(self) -> None:
        """Finish the unfinished pass, or make a new one.

        If anything changed while it was reading, another follows over what did.

        :raises SyncError: as ``GitHubClient.query`` and ``Warehouse.run``
        """
        pass_ = self._next_pass()
        self.attempt.mode = pass_.mode
        if pass_.cursor is not None:
            log.info(
                "%s: goes on with the %s sync begun by run %s",
                self.repository.full_name,
                pass_.mode,
                pass_.run_id,
            )
        reading = self._read_again_if_refused(pass_)
        if not reading.is_snapshot:
            self._read(self._new_pass("incremental", reading.started_at - self.overlap))

    def _next_pass(self) -> Scan:
        unfinished, order = self.repository.unfinished, self.attempt.order
        if order.full_resync or order.since:
            # Only what this run itself read counts as read again.
            is_ours = unfinished and unfinished.run_id == order.run_id
            return unfinished if unfinished and is_ours else self._read_again(order.since)
        if unfinished:
            return unfinished
        # Of nothing all is new: it may have been hidden when the watermark passed it.
        if self.repository.last_sync_at is None or not self.repository.has_pull_requests:
            return self._new_pass("full", None)
        return self._new_pass("incremental", self.repository.last_sync_at - self.overlap)

    def _read_again(self, since: datetime | None) -> Scan:
        """From this moment on, or from before it where more than that has not been read yet.

        :param since: None for the whole history
        """
        unfinished, last_sync_at = self.repository.unfinished, self.repository.last_sync_at
        is_full = unfinished is not None and unfinished.since is None
        if since is None or last_sync_at is None or is_full:
            return self._new_pass("full", None)
        begins = [since, last_sync_at - self.overlap]
        if unfinished and unfinished.since:
            begins.append(unfinished.since)
        return self._new_pass("incremental", min(begins))

    def _new_pass(self, mode: Mode, since: datetime | None) -> Scan:
        return Scan(mode, since, self.attempt.order.run_id, self.attempt.started_at)

    def _read_again_if_refused(self, pass_: Scan) -> ScanResult:
        try:
            return self._read(pass_)
        except InvalidCursor as refusal:
            if pass_.cursor is None:
                raise
            log.warning("%s ScanResult from the start again.", refusal)
            began_at = self.attempt.started_at
            again = replace(pass_, started_at=None, cursor=None, began_at=began_at, prs_read=0)
            return self._read(again)

    def _read(self, pass_: Scan) -> ScanResult:
        is_first = pass_.cursor is None
        checks = self._checks(pass_)
        window = Window(pass_.since, pass_.cursor, checks.node_ids)
        pace = Pace(pass_.prs_read)
        for page in changed_pull_requests(self.github, self.repository.target, window, self.size):
            pass_ = _gone_on(pass_, page)
            reading = _reading(pass_, page, is_first and page.is_last)
            is_first = False
            state = self._state(page, window)
            with self.warehouse.transaction():
                self._store(pass_, page, checks, state, reading)
            self.github.subject = self.attempt.full_name = self.repository.full_name
            self._log_page(page, pace.progress(pass_.prs_read, pass_.prs_total))
        return reading

    def _checks(self, pass_: Scan) -> ExistenceSample:
        """A full pass shows by itself what is gone."""
        if pass_.mode == "full" or pass_.cursor or not self.repository.has_pull_requests:
            return ExistenceSample()
        return next_existence_sample(self.warehouse, self.repository.repository_id)

    def _state(self, page: Page, window: Window) -> str:
        """GraphQL shows nothing at all where pull requests are disabled: they are not gone."""
        repository = self.repository
        # Asked once of what has never shown any, lest each sync of an empty one cost two requests.
        may_have_some = repository.has_pull_requests or repository.last_sync_at is None
        if page.facts.total or not (may_have_some or window.cursor):
            return page.facts.github_state
        is_enabled = self.github.has_pull_requests(page.repository.github_repo_id)
        return page.facts.github_state if is_enabled else DISABLED

    def _store(
        self, pass_: Scan, page: Page, checks: ExistenceSample, state: str, reading: ScanResult
    ) -> None:
        """One page, its failures and the checkpoint: all of it or nothing."""
        self.repository = identify(self.warehouse, self.repository, page.repository)
        self.repository = replace(self.repository, github_state=state)
        repository_id = self.repository.repository_id
        stored, _ = store_pull_requests(
            self.warehouse, repository_id, page.pull_requests, page.failures
        )
        if state == DISABLED:
            pass  # nothing was shown, so nothing was read: the pass goes on when they are back
        elif page.is_last:
            self._finish(pass_)
        else:
            self.warehouse.run("sync/save_checkpoint", repository_id=repository_id, **vars(pass_))
        if page.gone is not None and state != DISABLED:
            save_existence_sample(self.warehouse, repository_id, checks, page.gone)
        self._describe(page, is_counted=page.is_last and reading.is_snapshot)
        self.attempt.count(self.warehouse, stored)

    def _finish(self, pass_: Scan) -> None:
        """The watermark moves; what a full pass has not listed is to be asked for."""
        repository_id = self.repository.repository_id
        if pass_.mode == "full":
            self.warehouse.run(
                "entities/pull_requests/suspect_unlisted",
                repository_id=repository_id,
                began_at=pass_.began_at,
            )
        [finished] = self.warehouse.run(
            "sync/finish_scan",
            repository_id=repository_id,
            last_sync_at=self.repository.last_sync_at,
            started_at=pass_.started_at,
        )
        self.repository = replace(self.repository, last_sync_at=finished["last_sync_at"])

    def _describe(self, page: Page, *, is_counted: bool) -> None:
        """GitHub's counts are kept only where the tables can be held against them."""
        facts = page.facts
        is_counted = is_counted and self.repository.github_state != DISABLED
        self.warehouse.run(
            "sync/save_repository_info",
            repository_id=self.repository.repository_id,
            github_state=self.repository.github_state,
            has_issues_enabled=facts.has_issues_enabled,
            open_prs=facts.open_prs if is_counted else None,
            closed_prs=facts.closed_prs if is_counted else None,
            merged_prs=facts.merged_prs if is_counted else None,
            counted_at=page.asked_at if is_counted else None,
            page_size=page.size,
        )

    def _log_page(self, page: Page, progress: Progress) -> None:
        log.info(
            "%s: page of %d pull requests with %d reviews stored; %s; "
            "%d requests, %s of the quota left, %.1f s",
            self.repository.full_name,
            len(page.pull_requests),
            sum(len(pull_request.reviews) for pull_request in page.pull_requests),
            progress,
            self.github.requests,
            self.github.quota_remaining,
            progress.seconds,
        )


def _gone_on(pass_: Scan, page: Page) -> Scan:
    """The pass, with this page behind it; how much there is to read is known of full ones."""
    return replace(
        pass_,
        started_at=pass_.started_at or page.asked_at,
        cursor=page.cursor,
        prs_read=pass_.prs_read + len(page.pull_requests) + len(page.failures),
        prs_total=page.facts.total if pass_.mode == "full" else None,
    )


def _reading(pass_: Scan, page: Page, is_only_page: bool) -> ScanResult:
    assert pass_.started_at is not None  # noqa: S101 - set with the first page
    newest_at = page.facts.newest_at
    is_quiet = newest_at is None or newest_at < pass_.started_at
    return ScanResult(pass_.started_at, is_snapshot=is_only_page or is_quiet)
