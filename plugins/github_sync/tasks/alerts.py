"""Notifies people of a failed run, with the Airflow notifiers that the platform team chose.

https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from airflow.providers.common.compat.sdk import conf

from github_sync.dag_ids import SUMMARY_TASK_ID
from github_sync.errors import ConfigurationError
from github_sync.redaction import redact
from github_sync.settings import NOTIFIERS, Settings

log = logging.getLogger(__name__)

FAILURES_SHOWN = 5
"""How many failed repositories an alert names."""
SHOWING_NO_VALUES = (TypeError, AttributeError, ImportError)
"""Errors whose messages name arguments and modules, but not their values."""


def notify_failed_run(context: Mapping[str, Any]) -> None:
    """Call the notifiers of ``GITHUB_SYNC_NOTIFIERS``, if enough repositories failed.

    Their templates find the alert's text as ``github_sync_alert``. One that fails is logged, and
    the others are still called.

    :param context: of the run's last task, which has failed
    """
    summary = context["ti"].xcom_pull(task_ids=SUMMARY_TASK_ID) or {}
    _notify(context, _alert(context["run_id"], summary))


def notify_expired_run(context: Mapping[str, Any]) -> None:
    """The same for a run that reached its time limit before its last task.

    :param context: of the Dag's own callback
    """
    if context.get("reason") == "timed_out":
        run_id = context["run_id"]
        _notify(context, f"GitHub Sync: the run {run_id} reached its time limit and was stopped.")


def notify_unannounced_run(context: Mapping[str, Any]) -> None:
    """The same for a run whose changes could not be announced.

    :param context: of the task that announces them, which has failed
    """
    run_id = context["run_id"]
    _notify(
        context, f"GitHub Sync: the changes of the run {run_id} were not announced to other Dags."
    )


def notify_late_run(context: Mapping[str, Any]) -> None:
    """The same for a run that is still running after its deadline.

    :param context: as Airflow gives it to deadline alerts: ``dag_run`` and ``deadline`` as mappings
    """
    run_id = context["dag_run"]["dag_run_id"]
    _notify(context, f"GitHub Sync: the run {run_id} is late: it is still running.")


def _notify(context: Mapping[str, Any], alert: str | None) -> None:
    if alert is None:
        return
    # A wrong setting may have failed the run: the notifiers are called all the same.
    for one in json.loads(Settings.for_parsing().notifiers):
        _call(one, {**context, "github_sync_alert": f"{alert}\nSee {page_address()}"})


def page_address() -> str:
    """Where Airflow's UI shows the page."""
    base = conf.get("api", "base_url", fallback=None) or "http://localhost:8080"
    return f"{base.rstrip('/')}/plugin/github-sync"


def _call(one: Any, context: dict[str, Any]) -> None:
    """Create one notifier and call it; if it fails, the next one may work."""
    try:
        notifier = _notifier(one["notifier"], one.get("kwargs", {}))
    except Exception as error:  # noqa: BLE001 - a callback must not raise
        log.error("A notifier was not called: %s", _unusable(error))
        return
    try:
        notifier(context)
    except Exception as error:  # noqa: BLE001
        log.error("%s failed: %s", type(notifier).__name__, redact(str(error)))


def _unusable(error: Exception) -> ConfigurationError:
    """A notifier's message may show its arguments: then only the kind of error is named."""
    name = type(error).__name__
    said = f"{name}: {error}" if isinstance(error, SHOWING_NO_VALUES) else name
    return ConfigurationError(
        f"GITHUB_SYNC_NOTIFIERS cannot be used ({said}).",
        f"Set it to a list such as {NOTIFIERS}, or remove it.",
    )


def _alert(run_id: str, summary: Mapping[str, Any]) -> str | None:
    """The alert's text; None if fewer repositories failed than the threshold."""
    threshold = Settings.for_parsing().alert_threshold
    errors = summary.get("errors")
    if not errors:
        return f"GitHub Sync: the run {run_id} failed before it recorded a reason."
    if errors[0]["repository"] is None:
        return redact(f"GitHub Sync: the run {run_id} synced nothing.\n- {errors[0]['reason']}")
    if len(errors) < threshold:
        log.info("%d failed, fewer than GITHUB_SYNC_ALERT_THRESHOLD: no alert.", len(errors))
        return None
    lines = [f"- {one['reason']}" for one in errors[:FAILURES_SHOWN]]
    if len(errors) > FAILURES_SHOWN:
        lines.append(f"- and {len(errors) - FAILURES_SHOWN} more")
    total = summary["repos_dispatched"]
    head = f"GitHub Sync: {len(errors)} of {total} repositories failed in the run {run_id}."
    return redact("\n".join([head, *lines]))


def _notifier(path: str, kwargs: dict[str, Any]) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)(**kwargs)
