"""Styles and scripts. A browser loads them again only when they change."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"
FOREVER = "private, max-age=31536000, immutable"


def _version() -> str:
    content = b"".join(file.read_bytes() for file in sorted(FOLDER.iterdir()))
    return sha256(content).hexdigest()[:12]


VERSION = _version()
"""Part of their URLs, so that a new version has new URLs."""


class VersionedFiles(StaticFiles):
    """Serves the folder; a URL with the version may be cached forever."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Any) -> Response:
        """As StaticFiles does, with a Cache-Control header."""
        response = await super().get_response(path, scope)
        if scope["query_string"] == f"v={VERSION}".encode():
            response.headers["Cache-Control"] = FOREVER
        return response
