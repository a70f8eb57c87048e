"""The form of each Dag, made of the model of its request, and a run's values, validated by it.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/params.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from airflow.sdk import Param
from pydantic import BaseModel, ValidationError

from github_sync.errors import ConfigurationError

Request = TypeVar("Request", bound=BaseModel)

TYPES = {"array": "a list of names", "boolean": "true or false", "string": "a string"}


def params_of(model: type[BaseModel]) -> dict[str, Param]:
    """What the trigger form, the REST API and the CLI may ask of a run."""
    return {name: Param(**_schema(one)) for name, one in _properties(model).items()}


def request_of(model: type[Request], context: Mapping[str, Any]) -> Request:
    """The run's configuration, and the params' defaults for what it does not name.

    The configuration itself is read: with ``[core] dag_run_conf_overrides_params`` off, Airflow
    leaves it out of the params, and unknown keys always.

    :raises ConfigurationError: an unknown key, a value of the wrong type, or what the model refuses
    """
    defaults = {name: context["params"][name] for name in model.model_fields}
    values = {**defaults, **(context["dag_run"].conf or {})}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        refusal = _refusal(model, error)
    raise refusal


def _refusal(model: type[BaseModel], error: ValidationError) -> ConfigurationError:
    problems = error.errors(include_url=False, include_context=False)
    if unknown := sorted(
        str(one["loc"][0]) for one in problems if one["type"] == "extra_forbidden"
    ):
        return ConfigurationError(
            f"The run's configuration has an unknown key: {', '.join(map(repr, unknown))}.",
            f"Known keys are {', '.join(model.model_fields)}.",
        )
    first = problems[0]
    name = str(first["loc"][0])
    schema = _properties(model)[name]
    if first["type"] == "string_too_long":
        return ConfigurationError(
            f"The run's configuration has a {name} of {len(first['input'])} characters.",
            f"It must have at most {_schema(schema)['maxLength']}.",
        )
    [kind] = [one for one in _kinds(schema) if one != "null"]
    inside = "an item of " if len(first["loc"]) > 1 else ""
    return ConfigurationError(
        f"The run's configuration has {inside}{name} = {first['input']!r}.",
        f"It must be {TYPES[kind]}.",
    )


def _properties(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return properties


def _schema(one: dict[str, Any]) -> dict[str, Any]:
    """Airflow's form knows a list of types, but no ``anyOf``."""
    kept = {name: value for name, value in one.items() if name != "anyOf"}
    for option in one.get("anyOf", []):
        kept |= option
    kinds = _kinds(one)
    # A list or a string that was left empty in the form may be null.
    return kept | {"type": "boolean" if "boolean" in kinds else sorted({*kinds, "null"})}


def _kinds(one: dict[str, Any]) -> list[str]:
    return [option["type"] for option in one.get("anyOf", [one])]
