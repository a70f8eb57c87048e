"""A run's configuration, checked: what the trigger form, the REST API or the CLI handed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from dateutil.parser import isoparse  # type: ignore[import-untyped]

from github_sync.errors import ConfigurationError
from github_sync.tracking.names import repeated, split_full_name, without_repeats
from github_sync.tracking.track import TrackRequest

BEGINNING = datetime(2000, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class SyncRequest:
    """What one run of sync_github_repositories is to sync.

    :param repositories: full names; empty means all active ones
    :param since: read at least what was updated at or after this again (aware)
    :param dry_run: only say what it would take
    :param repeated: those named more than once; they are synced once
    """

    repositories: list[str]
    full_resync: bool = False
    since: datetime | None = None
    dry_run: bool = False
    repeated: list[str] = field(default_factory=list)


def sync_request(context: Mapping[str, Any]) -> SyncRequest:
    """The run's configuration.

    :raises ConfigurationError: an unknown key, a value of the wrong type, or a malformed name
    """
    kinds = {"repositories": list, "full_resync": bool, "since": str, "dry_run": bool}
    params = _checked(context, kinds)
    names = without_repeats(params["repositories"])
    for name in names:
        split_full_name(name)
    since = _moment("since", params["since"])
    if since and params["full_resync"]:
        raise ConfigurationError(
            "The run's configuration has both since and full_resync.",
            "Give since to read a part of the history again, or full_resync to read all of it.",
        )
    twice = repeated(params["repositories"])
    return SyncRequest(names, params["full_resync"], since, params["dry_run"], twice)


def _moment(name: str, text: str) -> datetime | None:
    """A time in the past, with its zone, as ISO 8601 writes it; None for an empty text.

    One before GitHub is as good as its beginning: year 1 is in some time zones none that Python
    can read back from Postgres.
    """
    if not text.strip():
        return None
    remedy = "It must be a time in the past with its zone, for example 2026-01-31T00:00:00Z."
    try:
        moment: datetime = isoparse(text.strip())
    except ValueError:
        raise ConfigurationError(f"{name} = {text!r} is not a time.", remedy) from None
    if moment.tzinfo is None:
        raise ConfigurationError(f"{name} = {text!r} has no time zone.", remedy)
    if moment > datetime.now(timezone.utc):
        raise ConfigurationError(f"{name} = {text!r} lies in the future.", remedy)
    return max(moment, BEGINNING)


def track_request(context: Mapping[str, Any]) -> TrackRequest:
    """The run's configuration; malformed names are left for their own refusal.

    :raises ConfigurationError: an unknown key, a value of the wrong type, nothing named, or
        parameters that exclude each other
    """
    kinds = {
        "repositories": list,
        "organizations": list,
        "is_active": bool,
        "github_conn_id": str,
        "check_only": bool,
    }
    params = _checked(context, kinds)
    if params["check_only"] and not params["is_active"]:
        raise ConfigurationError(
            "The run's configuration has check_only, and is_active off.",
            "Leave is_active on to check what can be read, or check_only off to pause.",
        )
    if not (params["repositories"] or params["organizations"] or params["check_only"]):
        raise ConfigurationError(
            "Neither repositories nor organizations are named.",
            'Name at least one, for example {"repositories": ["apache/airflow"]}.',
        )
    return TrackRequest(**params | {"github_conn_id": params["github_conn_id"].strip() or None})


def _checked(context: Mapping[str, Any], kinds: Mapping[str, type]) -> dict[str, Any]:
    """The parameters of these kinds. Airflow itself lets unknown keys pass."""
    given = context["dag_run"].conf or {}
    if unknown := sorted(set(given) - set(kinds)):
        raise ConfigurationError(
            f"The run's configuration has an unknown key: {', '.join(map(repr, unknown))}.",
            f"Known are {', '.join(kinds)}.",
        )
    params = {name: _given(context["params"][name], kind) for name, kind in kinds.items()}
    for name, value in params.items():
        _check_kind(name, value, kinds[name])
    return params


def _given(value: object, kind: type) -> Any:
    """The value; a text or a list that the form left empty is an empty one."""
    return kind() if value is None and kind in (str, list) else value


def _check_kind(name: str, value: object, kind: type) -> None:
    fits = isinstance(value, kind) and (not isinstance(value, list) or _all_text(value))
    if not fits:
        wanted = {list: "a list of names", bool: "true or false", str: "a text"}[kind]
        raise ConfigurationError(
            f"The run's configuration has {name} = {value!r}.", f"It must be {wanted}."
        )


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
