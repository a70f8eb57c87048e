"""What every table's truth needs: people and texts as the tables hold them."""

from __future__ import annotations

from typing import Any

from github_server import Actor


def person(role: str, actor: Actor | None) -> dict[str, Any]:
    known = living(actor)
    return {
        f"{role}_id": known.database_id if known else None,
        role: known.login if known else None,
        f"{role}_type": known.kind if known else None,
    }


def living(actor: Actor | None) -> Actor | None:
    return None if actor is None or actor.deleted else actor


def text(text: str) -> str:
    return "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)
