"""Settings come from the environment; a wrong one is named, and stops no Dag from loading."""

from __future__ import annotations

import pytest

from github_sync.errors import ConfigurationError
from github_sync.settings import Settings

NUMBERS = [name for name, field in Settings.model_fields.items() if field.annotation is int]


def test_the_defaults_are_the_documented_ones() -> None:
    assert Settings.from_environment({}) == Settings(
        postgres_conn_id="postgres_default",
        retry_delay_seconds=60,
        request_timeout_seconds=60,
        overlap_seconds=300,
        max_rate_limit_waits=6,
        max_concurrency=8,
    )


def test_each_variable_sets_its_field() -> None:
    environment = {f"GITHUB_SYNC_{name.upper()}": str(n) for n, name in enumerate(NUMBERS, 11)}
    environment["GITHUB_SYNC_POSTGRES_CONN_ID"] = " warehouse "
    expected = {name: number for number, name in enumerate(NUMBERS, 11)}
    settings = Settings.from_environment(environment)
    assert settings.model_dump() == {**expected, "postgres_conn_id": "warehouse", "notifiers": "[]"}


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("name", [*NUMBERS, "postgres_conn_id"])
def test_a_blank_variable_is_as_good_as_none(name: str, blank: str) -> None:
    """As compose files pass on variables that are not set."""
    assert Settings.from_environment({f"GITHUB_SYNC_{name.upper()}": blank}) == Settings()


@pytest.mark.parametrize("value", ["-1", "1.5", "1e3", "1_000", "ten", "60s", "٣", "nan", "0x10"])
@pytest.mark.parametrize("name", NUMBERS)
def test_an_impossible_value_is_named_with_its_variable(name: str, value: str) -> None:
    variable = f"GITHUB_SYNC_{name.upper()}"
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_environment({variable: value})
    assert variable in refusal.value.message
    assert repr(value) in refusal.value.message
    assert f"then it is {getattr(Settings(), name)}" in refusal.value.remedy


@pytest.mark.parametrize(
    ("name", "may_be_zero"),
    [
        ("retry_delay_seconds", True),
        ("overlap_seconds", True),
        ("max_rate_limit_waits", True),
        ("request_timeout_seconds", False),
        ("max_concurrency", False),
    ],
)
def test_zero_is_allowed_where_it_means_something(name: str, may_be_zero: bool) -> None:
    environment = {f"GITHUB_SYNC_{name.upper()}": "0"}
    if may_be_zero:
        assert getattr(Settings.from_environment(environment), name) == 0
    else:
        with pytest.raises(ConfigurationError, match="from 1 to"):
            Settings.from_environment(environment)


def test_a_dag_file_gets_the_default_for_each_impossible_value() -> None:
    wrong = {"GITHUB_SYNC_MAX_CONCURRENCY": "many", "GITHUB_SYNC_OVERLAP_SECONDS": "5"}
    assert Settings.for_parsing(wrong) == Settings(overlap_seconds=5)
    assert Settings.for_parsing({"GITHUB_SYNC_OVERLAP_SECONDS": "5"}) == Settings(overlap_seconds=5)
