"""The files of the page, and the headers under which a browser is given them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from dryshot.http import Response
from dryshot.server.admin import specs

__all__ = ["SAFETY", "Pages"]

SAFETY: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""The headers of every answer, data included."""

_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_VIEWER = ("swagger-ui-bundle.js", "swagger-ui.css")


class Pages:
    """``token`` is written into the page, and into nothing else."""

    def __init__(self, token: str) -> None:
        self._token = token
        folder = resources.files(__package__) / "static"
        self._files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}

    def page(self) -> Response:
        """The page itself."""
        text = self._files["index.html"].decode()
        text = text.replace("{{token}}", html.escape(self._token, quote=True))
        return _file("index.html", text.replace("{{specs}}", self._links()).encode())

    def read(self, path: str) -> Response | None:
        """A file by its path below ``/_dryshot/``, None if there is none."""
        folder, _, name = path.rpartition("/")
        if path == "docs":
            return _file("docs.html", self._files["docs.html"])
        if folder == "static" and name in self._files and not name.endswith(".html"):
            return _file(name, self._files[name])
        if folder == "specs" and name.endswith(".json"):
            text = specs.read(name.removesuffix(".json"))
            return None if text is None else _file(name, text)
        if folder == "viewer" and name in _VIEWER:
            return _viewer(name)
        return None

    def _links(self) -> str:
        return "".join(
            f'<li><a href="docs?{name}">{name}</a> <a class="raw" href="specs/{name}.json" '
            f'aria-label="{name} as JSON">JSON</a></li>'
            for name in ("admin", *specs.names())
        )


def _viewer(name: str) -> Response | None:
    """A file of Swagger UI, if it is installed; its package is found, not imported."""
    found = find_spec("swagger_ui")
    for place in (found.submodule_search_locations if found else None) or ():
        file = Path(place) / "static" / name
        if file.is_file():
            return _file(name, file.read_bytes())
    return None


def _file(name: str, content: bytes) -> Response:
    return Response(200, {"content-type": _KINDS[Path(name).suffix]}, content)
