"""Takes secrets out of text that is about to be stored, logged or reported."""

from __future__ import annotations

import re
from collections.abc import Callable

# Since 2026 an app's token is a JSON web token behind "ghs_" and the app's id, with dots in it:
# https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/
TOKEN = re.compile(r"(?:gh[pousr]_|github_pat_)[A-Za-z0-9_][A-Za-z0-9_.-]{15,}")
PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^/\s]+)@")
SECRET_FIELD = re.compile(
    r"(?i)(authorization|password|passwd|token|secret|private[_-]?key)(\\*['\"]?\s*[:=]\s*)"
    r"(?:(?:bearer|basic|token)\s+)?(?!\*\*\*)"
    r"(?:\\*'[^']*'|\\*\"[^\"]*\"|\\*['\"]?[^\s'\",;&]+)"
)
JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
BEARER = re.compile(
    r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}|\b(token)\s+[A-Za-z0-9._~+/=-]{20,}"
)

# What neither Postgres's text and jsonb nor UTF-8 can hold, though JSON can.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

LONGEST = 2000
"""Characters of a message that are kept."""

SHORTEST_SECRET = 5
"""Characters. A shorter password would hide ordinary words; Airflow's own default is the same."""

_maskers: list[Callable[[str], str]] = []
_secrets: set[str] = set()


def add_masker(masker: Callable[[str], str]) -> None:
    """Mask also what the surrounding program knows to be secret, as Airflow does.

    :param masker: takes a text, and returns it with ``***`` for each secret in it
    """
    if masker not in _maskers:
        _maskers.append(masker)


def add_secret(secret: str | None) -> None:
    """Mask this too, whatever it looks like, and however the surrounding program is set up.

    Airflow masks connections' passwords, but its ``[logging] min_length_masked_secret`` may exclude
    them.
    """
    if secret and len(secret) >= SHORTEST_SECRET:
        _secrets.add(secret)


def redact(text: str) -> str:
    """The text with everything that looks like a secret, or is known to be one, as ``***``.

    It can be stored then: without NUL and lone surrogates, and cut to 2,000 characters.
    """
    text = PRIVATE_KEY.sub("***", text)
    text = TOKEN.sub("***", text)
    text = JSON_WEB_TOKEN.sub("***", text)
    text = PASSWORD_IN_URL.sub(r"\1:***@", text)
    text = SECRET_FIELD.sub(r"\1\2***", text)
    text = BEARER.sub(r"\1\2 ***", text)
    for secret in _secrets:
        text = text.replace(secret, "***")
    for mask in _maskers:
        text = mask(text)
    return UNSTORABLE.sub("\ufffd", text)[:LONGEST]
