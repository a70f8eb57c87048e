"""The environment variables that a quiet Airflow of our own needs, and none of the caller's."""

from __future__ import annotations

import os
from collections.abc import Mapping

from demo.home import CHECKOUT, Home

FOREIGN = ("AIRFLOW", "_AIRFLOW", "GITHUB_SYNC_", "OPENLINEAGE", "SENTRY_")
"""What the caller's own Airflow is told by; it would change what the demo shows."""
LOCAL_HOSTS = "127.0.0.1,localhost"


def airflow_environment(home: Home) -> dict[str, str]:
    """The whole environment of a process that is to import Airflow."""
    return {
        **_inherited(os.environ),
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.airflow}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        # A failure that a retry can mend is tried again soon: nobody waits a minute in a demo.
        "GITHUB_SYNC_RETRY_DELAY_SECONDS": "2",
        **_without_proxy(os.environ),
    }


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    # The token travels in the Airflow connection, and nowhere else.
    kept = {name: value for name, value in environment.items() if not name.startswith(FOREIGN)}
    return {name: value for name, value in kept.items() if name != "GITHUB_TOKEN"}


def _without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """What is on this machine is not reached through a proxy."""
    already = environment.get("NO_PROXY") or environment.get("no_proxy")
    hosts = ",".join(filter(None, (already, LOCAL_HOSTS)))
    return {"NO_PROXY": hosts, "no_proxy": hosts}
