"""Tells OpenLineage what a sync read and wrote, where its provider is installed and switched on.

https://airflow.apache.org/docs/apache-airflow-providers-openlineage/stable/guides/user.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from github_sync.client import GitHubClient
from github_sync.redaction import redact
from github_sync.settings import Settings

log = logging.getLogger(__name__)


def tell_lineage(result: Mapping[str, Any], github: GitHubClient, settings: Settings) -> None:
    """Tell what a complete sync did; never raises, whatever becomes of it.

    :param result: the sync's, as :func:`github_sync.sync.sync_repository` returns it
    :param github: where it read
    """
    try:
        if not _is_on():
            return
        from github_sync.tasks.openlineage_event import emit_sync

        emit_sync(result, github.requester.base_url, settings.postgres_conn_id)
    except Exception as error:  # noqa: BLE001 - what was synced is synced
        log.warning(
            "OpenLineage was not told (its provider must be 2.16 or later): %s: %s",
            type(error).__name__,
            redact(str(error)),
        )


def _is_on() -> bool:
    """Asked of its configuration: what asks the provider itself takes a second to import."""
    try:
        from airflow.providers.openlineage import conf
    except ImportError:
        return False
    return not conf.is_disabled()
