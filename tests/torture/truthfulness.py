"""What the tables say of a repository's sync must be true, whatever befell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from github_sync.errors import RateLimited, SyncError
from tests.fixtures.syncing import Syncing

Outcome = dict[str, Any] | SyncError | None
"""What an attempt returned or raised; None when it was killed."""

STATEMENTS = {
    "repository": "select * from github.tracked_repositories where repository_id = %(row)s",
    "attempts": "select * from github.sync_attempts where repository_id = %(row)s "
    "order by attempt_id desc limit 3",
    "failures": "select number from github.sync_failures where repository_id = %(row)s "
    "order by number",
    "drift": "select * from github.repository_drift where repository_id = %(row)s",
}


@dataclass(frozen=True)
class Word:
    """All that the tables say of one repository's sync; its last attempts, the last one first."""

    repository: dict[str, Any]
    attempts: list[dict[str, Any]]
    failures: list[int]
    drift: list[dict[str, Any]]

    @classmethod
    def of(cls, syncing: Syncing, row: int) -> Word:
        with syncing.database.connect() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            said = {
                name: cursor.execute(sql, {"row": row}).fetchall()
                for name, sql in STATEMENTS.items()
            }
        [repository] = said["repository"]
        numbers = [failure["number"] for failure in said["failures"]]
        return cls(repository, said["attempts"], numbers, said["drift"])

    def check(self, outcome: Outcome, now: Any) -> None:
        """Status, attempts, failures and watermark tell what happened."""
        assert all(attempt["status"] != "running" for attempt in self.attempts[1:])
        if isinstance(outcome, SyncError):
            self._check_failed(outcome)
        elif outcome is not None:
            self._check_complete(outcome)
        if self.repository["last_sync_at"]:
            assert self.repository["last_sync_at"] <= now, "the watermark is in the future"

    def check_counts(self) -> None:
        """Of a complete repository that lacks nothing GitHub counts as many as we."""
        assert self.drift == [], "GitHub counts other numbers than the tables hold"

    def _check_failed(self, error: SyncError) -> None:
        waits = isinstance(error, RateLimited)
        attempt, repository = self.attempts[0], self.repository
        assert attempt["status"] == ("waiting" if waits else "error")
        assert attempt["error_class"] == type(error).__name__
        assert (attempt["resumes_at"] is not None) == waits
        assert attempt["is_final"] == (not waits)
        assert repository["sync_status"] == ("syncing" if waits else "error")
        if not waits:
            assert repository["last_sync_error"] == attempt["error_message"]
            assert repository["full_name"] in repository["last_sync_error"]

    def _check_complete(self, result: dict[str, Any]) -> None:
        repository = self.repository
        assert [one["number"] for one in result["errors"]] == self.failures
        assert (self.attempts[0]["status"], repository["sync_status"]) == ("complete", "complete")
        assert repository["prs_failed"] == len(self.failures)
        is_hidden = repository["github_state"] == "pull_requests_disabled"
        is_all_stored = not self.failures and not is_hidden and not repository["refused_fields"]
        assert (repository["last_sync_error"] is None) == is_all_stored
        assert repository["scan_cursor"] is None or is_hidden
        if result["last_sync_at"] or not is_hidden:
            assert result["last_sync_at"] == repository["last_sync_at"].isoformat()
