"""Tells people of a failed run, by whichever of Airflow's notifiers the platform team chose.

https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from github_sync.errors import ConfigurationError
from github_sync.redaction import redact
from github_sync.settings import Settings

log = logging.getLogger(__name__)

SUMMARY_TASK_ID = "summarize_run"
NAMED = 5
"""How many repositories an alert names."""
EXAMPLE = (
    '[{"notifier": "airflow.providers.slack.notifications.slack.SlackNotifier", '
    '"kwargs": {"text": "{{ github_sync_alert }}"}}]'
)


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


def notify_late_run(context: Mapping[str, Any]) -> None:
    """The same for a run that is not over yet though its deadline has passed.

    :param context: as Airflow gives it to deadline alerts: ``dag_run`` and ``deadline`` as mappings
    """
    run_id = context["dag_run"]["dag_run_id"]
    _notify(context, f"GitHub Sync: the run {run_id} is late: it is not over yet.")


def _notify(context: Mapping[str, Any], alert: str | None) -> None:
    if alert is None:
        return
    try:
        notifiers = _notifiers(Settings.from_environment().notifiers)
    except Exception as error:  # noqa: BLE001 - a callback's own error helps nobody
        log.error("Nobody was notified: %s", redact(str(error)))
        return
    for notifier in notifiers:
        _call(notifier, {**context, "github_sync_alert": alert})


def _call(notifier: Any, context: dict[str, Any]) -> None:
    try:
        notifier(context)
    except Exception as error:  # noqa: BLE001 - the next one may work
        log.error("%s failed: %s", type(notifier).__name__, redact(str(error)))


def _alert(run_id: str, summary: Mapping[str, Any]) -> str | None:
    """What to tell; None when fewer repositories failed than are worth it."""
    threshold = Settings.for_parsing().alert_threshold
    errors = summary.get("errors")
    if not errors:
        return f"GitHub Sync: the run {run_id} failed before it could say why."
    if len(errors) < threshold and errors[0]["repository"] is not None:
        log.info("%d failed, fewer than GITHUB_SYNC_ALERT_THRESHOLD: no alert.", len(errors))
        return None
    lines = [f"- {one['reason']}" for one in errors[:NAMED]]
    if len(errors) > NAMED:
        lines.append(f"- and {len(errors) - NAMED} more")
    total = summary["repos_dispatched"]
    head = f"GitHub Sync: {len(errors)} of {total} repositories failed in the run {run_id}."
    return redact("\n".join([head, *lines]))


def _notifiers(text: str) -> list[Any]:
    """What the setting names, made.

    :raises ConfigurationError: it is no list of notifiers, or one cannot be made
    """
    try:
        wanted = json.loads(text)
        return [_notifier(one["notifier"], one.get("kwargs", {})) for one in wanted]
    except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        raise ConfigurationError(
            f"GITHUB_SYNC_NOTIFIERS cannot be used ({type(error).__name__}: {error}).",
            f"Set it to a list such as {EXAMPLE}, or remove it.",
        ) from None


def _notifier(path: str, kwargs: dict[str, Any]) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)(**kwargs)
