"""Each form is declared once: its fields in the trigger dialog, and the check of a run's values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from github_sync.errors import ConfigurationError
from github_sync.sync.request import SyncRequest
from github_sync.tasks.forms import params_of, request_of
from github_sync.tracking.request import TrackRequest

LIST = {"type": ["array", "null"], "items": {"type": "string"}}
FLAG = {"type": "boolean"}
FIELDS: list[tuple[type[BaseModel], dict[str, tuple[Any, dict[str, Any]]]]] = [
    (
        SyncRequest,
        {
            "repositories": ([], LIST),
            "full_resync": (False, FLAG),
            "since": (None, {"type": ["null", "string"], "format": "date-time"}),
            "accept_deletions": (False, FLAG),
            "dry_run": (False, FLAG),
        },
    ),
    (
        TrackRequest,
        {
            "repositories": ([], LIST),
            "organizations": ([], LIST),
            "is_active": (True, FLAG),
            "github_conn_id": (
                None,
                {"type": ["null", "string"], "maxLength": 250, "examples": ["github_default"]},
            ),
            "check_only": (False, FLAG),
        },
    ),
]


def request(model: type[BaseModel], **conf: Any) -> Any:
    params = {name: param.value for name, param in params_of(model).items()}
    known = {name: value for name, value in conf.items() if name in params}
    context = {"dag_run": SimpleNamespace(conf=conf), "params": params | known}
    return request_of(model, context)


@pytest.mark.parametrize(("model", "fields"), FIELDS)
def test_the_forms_fields(model: type[BaseModel], fields: dict[str, Any]) -> None:
    params = params_of(model)
    assert list(params) == list(fields)
    for name, (default, schema) in fields.items():
        assert params[name].schema.pop("title")
        assert params[name].description
        assert (params[name].value, params[name].schema) == (default, schema)


@pytest.mark.parametrize(
    ("model", "conf", "message"),
    [
        (SyncRequest, {"repos": ["a/b"]}, "an unknown key: 'repos'"),
        (SyncRequest, {"repos": [], "force": True}, "an unknown key: 'force', 'repos'"),
        (SyncRequest, {"full_resync": "yes"}, "full_resync = 'yes'. It must be true or false."),
        (SyncRequest, {"repositories": "a/b"}, "repositories = 'a/b'. It must be a list of names."),
        (SyncRequest, {"repositories": [7]}, "an item of repositories = 7."),
        (SyncRequest, {"repositories": [" "]}, "All names given are blank."),
        (SyncRequest, {"repositories": ["no slash"]}, "'no slash' is not a repository's name."),
        (SyncRequest, {"since": 2026}, "since = 2026. It must be a string."),
        (SyncRequest, {"since": "2026-01-31"}, "has no time zone"),
        (TrackRequest, {}, "Neither repositories nor organizations are named."),
        (TrackRequest, {"check_only": True, "is_active": False}, "has check_only, and is_active"),
        (TrackRequest, {"github_conn_id": 7, "check_only": True}, "github_conn_id = 7."),
        (
            TrackRequest,
            {"github_conn_id": "x" * 251, "check_only": True},
            "of 251 characters. It must have at most 250.",
        ),
    ],
)
def test_a_value_that_is_refused_is_named(
    model: type[BaseModel], conf: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        request(model, **conf)
    assert message in str(refusal.value)


def test_what_a_form_leaves_empty() -> None:
    empty = request(SyncRequest, repositories=None, since=" ")
    assert (empty.names, empty.since, empty.full_resync) == ([], None, False)
    tracked = request(TrackRequest, organizations=["acme"], github_conn_id="  ")
    assert (tracked.github_conn_id, tracked.repositories) == (None, [])


def test_names_that_are_given_twice() -> None:
    twice = request(SyncRequest, repositories=["acme/api", " ACME/api ", "acme/web"])
    assert (twice.names, twice.repeated) == (["acme/api", "acme/web"], ["acme/api"])
