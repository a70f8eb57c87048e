"""Reports to OpenLineage what a sync read and wrote, if its provider is installed and switched on.

https://airflow.apache.org/docs/apache-airflow-providers-openlineage/stable/guides/user.html
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import Any

from github_sync.redaction import redact
from github_sync.settings import Settings

log = logging.getLogger(__name__)


def emit_lineage(result: Mapping[str, Any], settings: Settings) -> None:
    """Report a complete sync; never raises, and waits as long as the provider itself would.

    :param result: as :func:`github_sync.sync.repository.sync_repository` returns it
    """
    with _failure_logged():
        timeout = _timeout_seconds()
        if timeout is None:
            return
        # By default the client tries for 40 seconds if a listener hangs.
        emitting = (_emit, result, settings.postgres_conn_id)
        thread = Thread(target=copy_context().run, args=emitting, daemon=True)
        thread.start()
        thread.join(timeout)
        if thread.is_alive():
            log.warning("OpenLineage did not answer within %d s; the task goes on.", timeout)


def _emit(result: Mapping[str, Any], postgres_conn_id: str) -> None:
    with _failure_logged():
        from github_sync.tasks.openlineage_event import emit_sync

        emit_sync(result, postgres_conn_id)


def _timeout_seconds() -> int | None:
    """Seconds that it may take; None if OpenLineage is not installed, or switched off.

    Asked of the provider's configuration, as its public interface takes a second to import.
    """
    try:
        from airflow.providers.openlineage import conf
    except ImportError:
        return None
    return None if conf.is_disabled() else conf.execution_timeout()


@contextmanager
def _failure_logged() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        log.warning("No lineage was emitted: the provider must be 2.16 or later (%s).", error)
    except Exception as error:  # noqa: BLE001 - what was synced is synced
        log.warning("No lineage was emitted: %s: %s", type(error).__name__, redact(str(error)))
