"""Tells OpenLineage what a sync read and wrote, where its provider is installed and switched on.

https://airflow.apache.org/docs/apache-airflow-providers-openlineage/stable/guides/user.html
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import Any

from github_sync.api.client import GitHubClient
from github_sync.redaction import redact
from github_sync.settings import Settings

log = logging.getLogger(__name__)


def emit_lineage(result: Mapping[str, Any], github: GitHubClient, settings: Settings) -> None:
    """Tell what a complete sync did; never raises, and waits as long as the provider itself would.

    :param result: the sync's, as :func:`github_sync.sync.repository.sync_repository` returns it
    :param github: where it read
    """
    with _warned():
        patience = _patience()
        if patience is None:
            return
        told = (_tell, result, github.requester.base_url, settings.postgres_conn_id)
        # By default the client tries a listener that hangs for 40 seconds.
        thread = Thread(target=copy_context().run, args=told, daemon=True)
        thread.start()
        thread.join(patience)
        if thread.is_alive():
            log.warning("OpenLineage did not answer within %d s, and is not waited for.", patience)


def _tell(result: Mapping[str, Any], api_url: str, postgres_conn_id: str) -> None:
    with _warned():
        from github_sync.tasks.openlineage_event import emit_sync

        emit_sync(result, api_url, postgres_conn_id)


def _patience() -> int | None:
    """Seconds that telling may take; None where nobody is to be told.

    Asked of the provider's configuration, as its public interface takes a second to import.
    """
    try:
        from airflow.providers.openlineage import conf
    except ImportError:
        return None
    return None if conf.is_disabled() else conf.execution_timeout()


@contextmanager
def _warned() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        log.warning("OpenLineage was not told: its provider must be 2.16 or later (%s).", error)
    except Exception as error:  # noqa: BLE001 - what was synced is synced
        log.warning("OpenLineage was not told: %s: %s", type(error).__name__, redact(str(error)))
