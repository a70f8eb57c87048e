"""Each test leaves the live Airflow as its first morning does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.scheduler import FirstMorning, LiveAirflow, first_morning, live_airflow

__all__ = ["first_morning", "live_airflow"]


@pytest.fixture(autouse=True)
def without_traces(live_airflow: LiveAirflow, first_morning: FirstMorning) -> Iterator[None]:
    """The Dags are resumed; what a test did to GitHub and to Airflow ends with it."""
    yield
    live_airflow.clean_up()
