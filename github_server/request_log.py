"""What was asked of the server, for tests to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class LoggedRequest:
    """One request and the status it got; 0 when its connection was dropped instead."""

    at: datetime
    method: str
    path: str
    status: int
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    token_suffix: str | None = None
