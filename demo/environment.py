"""The environment variables of the demo's Airflow, without those of the caller's Airflow."""

from __future__ import annotations

import os
from collections.abc import Mapping

from demo.home import CHECKOUT, Home

FOREIGN = ("AIRFLOW", "_AIRFLOW", "GITHUB_SYNC_", "OPENLINEAGE", "SENTRY_")
"""Prefixes of variables that configure the caller's own Airflow. They would change the demo."""
LOCAL_HOSTS = "127.0.0.1,localhost"


def airflow_environment(home: Home) -> dict[str, str]:
    """The whole environment of a process that imports Airflow."""
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
        # Retry soon: a minute is too long in a demo.
        "GITHUB_SYNC_RETRY_DELAY_SECONDS": "2",
        **_without_proxy(os.environ),
    }


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    # The token is in the Airflow connection, and nowhere else.
    kept = {name: value for name, value in environment.items() if not name.startswith(FOREIGN)}
    return {name: value for name, value in kept.items() if name != "GITHUB_TOKEN"}


def _without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """A proxy cannot reach the servers on this machine."""
    already = environment.get("NO_PROXY") or environment.get("no_proxy")
    hosts = ",".join(filter(None, (already, LOCAL_HOSTS)))
    return {"NO_PROXY": hosts, "no_proxy": hosts}
