"""The one seam: plain request and response values, and a function between them.

Nothing here knows an HTTP library. Mounts translate from httpx, requests or ASGI into these
values; the service, and whatever wraps it, maps one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

__all__ = ["Endpoint", "Headers", "Request", "Response"]

Headers = Mapping[str, str]
"""Header names in lower case, each with one value (repeated headers joined by ``", "``)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    ``host`` is without a port, in lower case. ``path`` is percent-encoded as it was sent and starts
    with ``/``. ``query`` is the raw text after ``?``, or empty.
    """

    method: str
    host: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "https"
    port: int | None = None

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def origin(self) -> str:
        """Scheme, host and port, as the caller addressed them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; ``headers`` as in :data:`Headers`."""

    status: int
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    @property
    def reason(self) -> str:
        """The standard reason phrase, or an empty text for a status that has none."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""


Endpoint = Callable[[Request], Response]
