"""Takes secrets out of text that is about to be stored, logged or reported."""

from __future__ import annotations

import re
from collections.abc import Callable

# https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
TOKEN = re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9_]{16,}|github_pat_[A-Za-z0-9_]{16,})")
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")
SECRET_FIELD = re.compile(
    r"(?i)\b(authorization|password|passwd|token|secret|private[_-]?key)(['\"]?\s*[:=]\s*)"
    r"(?:(?:bearer|basic|token)\s+)?(?!\*\*\*)['\"]?[^\s'\",;&]+"
)
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")

mask_known_secrets: Callable[[str], str] = str
"""Masks what the surrounding program knows to be secret; ``github_sync.tasks`` sets Airflow's."""


def redact(text: str) -> str:
    """The text with everything that looks like a secret, or is known to be one, as ``***``."""
    text = TOKEN.sub("***", text)
    text = PASSWORD_IN_URL.sub(r"\1:***@", text)
    text = SECRET_FIELD.sub(r"\1\2***", text)
    text = BEARER.sub(r"\1 ***", text)
    return mask_known_secrets(text)
