"""The OpenLineage event of one repository's sync; importing this needs OpenLineage's provider.

The provider takes datasets from operators, not from plain tasks. So the task emits an event of its
own run, between the provider's START and COMPLETE:
https://github.com/apache/airflow/pull/65788
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
from airflow.providers.openlineage.api import emit_dataset_lineage
from airflow.providers.postgres.hooks.postgres import PostgresHook
from openlineage.client.event_v2 import Dataset, InputDataset, OutputDataset
from openlineage.client.facet_v2 import RunFacet, output_statistics_output_dataset

from github_sync.entities import CHILDREN, PULL_REQUESTS
from github_sync.entities.review import REVIEWS

RUN_FACET = "githubSync"


@attrs.define
class SyncRunFacet(RunFacet):
    """The result of the sync; the fields are those of the task's result."""

    status: str
    mode: str
    prs_synced: int
    reviews_synced: int
    prs_failed: int
    requests: int
    quota_remaining: int | None
    last_sync_at: str | None


def emit_sync(result: Mapping[str, Any], postgres_conn_id: str) -> None:
    """Emit what was read and written, as part of the running task's lineage.

    :param result: as :func:`github_sync.sync.repository.sync_repository` returns it
    :raises Exception: whatever the provider or the hook raises
    """
    emit_dataset_lineage(
        inputs=[InputDataset(github_namespace(result["api_url"]), result["repository"])],
        outputs=_tables(result, postgres_conn_id),
        additional_run_facets={RUN_FACET: _facet(result)},
        raise_on_error=True,
    )


def github_namespace(api_url: str) -> str:
    """Where people see the repository: ``https://github.com`` or an Enterprise Server.

    :param api_url: ``https://api.github.com``, ``https://api.NAME.ghe.com``,
        ``https://HOST/api/v3``
    """
    url = urlsplit(api_url)
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{(url.hostname or '').removeprefix('api.')}{port}"


def _tables(result: Mapping[str, Any], postgres_conn_id: str) -> list[OutputDataset | Dataset]:
    """By the names that SQL operators on the same connection give them.

    https://openlineage.io/docs/spec/naming
    """
    hook = PostgresHook(postgres_conn_id=postgres_conn_id)
    connection = hook.get_connection(postgres_conn_id)
    info = hook.get_openlineage_database_info(connection)
    # If no database is named, Postgres uses the one named as the user.
    schema = f"{info.database or connection.login}.github"
    written = {
        PULL_REQUESTS.table: result["prs_synced"],
        **{child.table: result["rows_stored"].get(child.table) for child in CHILDREN},
        REVIEWS.table: result["reviews_synced"],
        "users": None,
    }
    namespace = f"{info.scheme}://{info.authority}"
    return [
        OutputDataset(namespace, f"{schema}.{table}", outputFacets=_statistics(rows))
        for table, rows in written.items()
    ]


def _statistics(rows: int | None) -> dict[str, Any]:
    if rows is None:
        return {}
    facet = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)
    return {"outputStatistics": facet}


def _facet(result: Mapping[str, Any]) -> SyncRunFacet:
    names = {field.name for field in attrs.fields(SyncRunFacet)}
    known = {name: value for name, value in result.items() if name in names}
    return SyncRunFacet(prs_failed=len(result["errors"]), **known)
