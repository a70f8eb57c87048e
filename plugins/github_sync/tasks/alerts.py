"""Tells people of a failed run, by whichever of Airflow's notifiers the platform team chose.

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
"""How many repositories an alert names."""
SHOWING_NO_VALUES = (TypeError, AttributeError, ImportError)
"""Errors whose words name arguments and modules, but not what they hold."""


def notify_failed_run(context: Mapping[str, Any]) -> None:
    """Call the notifiers of ``GITHUB_SYNC_NOTIFIERS``, if enough repositories failed.

    Their templates find the alert's text as ``github_sync_alert``. One that fails is logged, and
    the others are called all the same.

    :param context: of the run's last task, which has failed
    """
    summary = context["ti"].xcom_pull(task_ids=SUMMARY_TASK_ID) or {}
    _notify(context, _alert(context["run_id"], summary))


def notify_expired_run(context: Mapping[str, Any]) -> None:
    """The same for a run that was cut off, whose last task could not say anything.

    :param context: of the Dag's own callback
    """
    if context.get("reason") == "timed_out":
        run_id = context["run_id"]
        _notify(context, f"GitHub Sync: the run {run_id} was cut off when its time was up.")


def notify_unannounced_run(context: Mapping[str, Any]) -> None:
    """The same for a run whose changes could not be announced.

    :param context: of the task that announces them, which has failed
    """
    run_id = context["run_id"]
    _notify(context, f"GitHub Sync: what the run {run_id} changed was not announced to other Dags.")


def notify_late_run(context: Mapping[str, Any]) -> None:
    """The same for a run that is not over yet though its deadline has passed.

    :param context: as Airflow gives it to deadline alerts: ``dag_run`` and ``deadline`` as mappings
    """
    run_id = context["dag_run"]["dag_run_id"]
    _notify(context, f"GitHub Sync: the run {run_id} is late: it is not over yet.")


def _notify(context: Mapping[str, Any], alert: str | None) -> None:
    if alert is None:
        return
    # Whatever else is set wrong, which may be what failed the run: somebody is to be told.
    for one in json.loads(Settings.for_parsing().notifiers):
        _call(one, {**context, "github_sync_alert": f"{alert}\nSee {page_address()}"})


def page_address() -> str:
    """Where Airflow's UI shows the page."""
    base = conf.get("api", "base_url", fallback=None) or "http://localhost:8080"
    return f"{base.rstrip('/')}/plugin/github-sync"


def _call(one: Any, context: dict[str, Any]) -> None:
    """Make one notifier and call it; whatever goes wrong, the next one may work."""
    try:
        notifier = _notifier(one["notifier"], one.get("kwargs", {}))
    except Exception as error:  # noqa: BLE001 - a callback's own error helps nobody
        log.error("A notifier was not called: %s", _unusable(error))
        return
    try:
        notifier(context)
    except Exception as error:  # noqa: BLE001
        log.error("%s failed: %s", type(notifier).__name__, redact(str(error)))


def _unusable(error: Exception) -> ConfigurationError:
    """What a notifier says of its own arguments may show them: then only the kind of error."""
    name = type(error).__name__
    said = f"{name}: {error}" if isinstance(error, SHOWING_NO_VALUES) else name
    return ConfigurationError(
        f"GITHUB_SYNC_NOTIFIERS cannot be used ({said}).",
        f"Set it to a list such as {NOTIFIERS}, or remove it.",
    )


def _alert(run_id: str, summary: Mapping[str, Any]) -> str | None:
    """What to tell; None when fewer repositories failed than are worth it."""
    threshold = Settings.for_parsing().alert_threshold
    errors = summary.get("errors")
    if not errors:
        return f"GitHub Sync: the run {run_id} failed before it could say why."
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
