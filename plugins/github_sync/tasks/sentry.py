"""Reports final failures to Sentry, as Airflow's configuration says: once each, without secrets."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sentry_sdk
import sentry_sdk.utils
from airflow.providers.common.compat.sdk import conf

from github_sync.dag_ids import SYNC_DAG_ID, SYNC_TASK_ID
from github_sync.entities.values import Row
from github_sync.errors import cause_of
from github_sync.redaction import redact
from github_sync.store.sync_attempts import SyncJob
from github_sync.store.warehouse import Warehouse

log = logging.getLogger(__name__)

TAGS = ("repository", "run_id", "map_index", "try_number")
FLUSH_SECONDS = 5
"""Airflow ends a callback after 20 s; https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html#task-success-overtime"""


@dataclass(frozen=True)
class Reporter:
    """Where and how failures are reported.

    :param dsn: Sentry's address; None when Sentry is off
    :param task_id: the task that failed, a tag of the event
    :param airflow_reports: Airflow's own Sentry integration already reports each exception of a
        task; only killed tasks, which it does not report, are reported here
    """

    dsn: str | None
    task_id: str
    airflow_reports: bool

    def report(self, failure: Row, exception: BaseException | None = None) -> bool:
        """Send one event; whether the failure is reported now, by us or by Airflow.

        :param failure: ``repository``, ``run_id``, ``map_index``, ``try_number``, ``log_url``,
            ``error_class`` and ``error_message``
        :param exception: what was raised, if it is known; then its stack is reported
        """
        if self.airflow_reports and failure.get("status") != "killed":
            return True
        if self.dsn is None:
            return False
        try:
            self._send(self.dsn, failure, exception)
        except Exception as error:  # noqa: BLE001 - the tables record the failure without Sentry too
            log.error("The failure could not be reported to Sentry: %s", redact(str(error)))
            return False
        return True

    def _send(self, dsn: str, failure: Row, exception: BaseException | None) -> None:
        client = _client(dsn)
        scope = sentry_sdk.Scope(client=client)
        scope.fingerprint = ["github-sync", str(failure["error_class"])]
        scope.set_tags({"dag_id": SYNC_DAG_ID, "task_id": self.task_id})
        _describe_instance(scope, failure)
        event, hint = _event(failure, exception, client)
        client.capture_event(event, hint, scope)
        client.close(timeout=FLUSH_SECONDS)


def reporter(task_id: str = SYNC_TASK_ID) -> Reporter:
    """Reports to ``[sentry] sentry_dsn`` or ``SENTRY_DSN``; off if neither is set."""
    dsn = conf.get("sentry", "sentry_dsn", fallback=None) or os.environ.get("SENTRY_DSN")
    return Reporter(dsn or None, task_id, _airflow_reports())


def tag_airflow_events(job: SyncJob) -> None:
    """Add our tags to the events of Airflow's own integration about this task."""
    if _airflow_reports():
        scope = sentry_sdk.get_current_scope()
        _describe_instance(scope, {**vars(job), "repository": job.full_name})


def report_failures(
    warehouse: Warehouse,
    reporter: Reporter,
    attempts: list[int],
    exception: BaseException | None = None,
) -> None:
    """Report those of the attempts that finally failed and were not reported yet.

    Sent first, recorded then: if the process is killed in between, it is reported twice, not never.
    """
    with warehouse.transaction():
        for failure in warehouse.run("runs/find_unreported_failures", attempts=attempts):
            if reporter.report(failure, exception):
                warehouse.run("runs/mark_reported", attempt_id=failure["attempt_id"])


def _airflow_reports() -> bool:
    """Whether Airflow's own Sentry integration is active in this process.

    https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/errors.html
    """
    is_on = conf.getboolean("sentry", "sentry_on", fallback=False)
    return is_on and sentry_sdk.get_client().is_active()


def _describe_instance(scope: sentry_sdk.Scope, instance: Mapping[str, Any]) -> None:
    """Add the task instance's tags, as far as they are known, and the link to its log."""
    scope.set_tags({tag: str(instance[tag]) for tag in TAGS if tag in instance})
    scope.set_context("airflow", {"log_url": instance.get("log_url")})


def _client(dsn: str) -> sentry_sdk.Client:
    """A client of its own: other users of Sentry in this process keep theirs."""
    return sentry_sdk.Client(
        dsn=dsn,
        default_integrations=False,
        include_local_variables=False,
        include_source_context=True,
        send_default_pii=False,
        max_breadcrumbs=0,
        before_send=_scrub,
    )


def _event(failure: Row, exception: BaseException | None, client: sentry_sdk.Client) -> Any:
    """Sentry's event and its hint: with the exception's stack, or with the message alone."""
    if exception is not None:
        cause = cause_of(exception)
        return sentry_sdk.utils.event_from_exception(cause, client_options=client.options)
    value = {"type": failure["error_class"], "value": failure["error_message"]}
    return {"level": "error", "exception": {"values": [value]}}, None


def _scrub(event: Any, _hint: Any) -> Any:
    """Redact every text of the event. https://docs.sentry.io/platforms/python/data-management/sensitive-data/"""
    return _redacted(event)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    return value
