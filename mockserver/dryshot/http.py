"""The one seam: plain request and response values, and a function between them.

Nothing here knows an HTTP library. Mounts translate from httpx, requests or ASGI into these
values; the service, and whatever wraps it, maps one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

__all__ = ["Delivery", "Ending", "Endpoint", "Headers", "Request", "Response"]

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


Ending = Literal["whole", "refused", "unreachable", "silent", "reset", "dropped", "cut"]
"""What becomes of an answer: all of it comes, or nobody listens, or nobody answers the attempt to
connect, or nobody ever says anything; or the connection is reset or closed before its first byte,
or closed in its body."""


def _stand_still(_seconds: float) -> None:
    """Nobody's time passes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer comes, if not at once and whole; whoever carries it sees to that.

    Times are in seconds: ``delay`` before the first byte, ``pause`` between the ``pieces`` of the
    body, ``hold`` how long silence lasts at most. Of a body that is "cut" ``length`` bytes come.
    ``elapse`` lets time pass in process, where nobody waits in earnest.
    """

    ending: Ending = "whole"
    delay: float = 0.0
    length: int | None = None
    pieces: int = 1
    pause: float = 0.0
    hold: float = 300.0
    elapse: Callable[[float], object] = field(default=_stand_still, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; ``headers`` as in :data:`Headers`.

    ``delivery`` is None for nearly all. A response that was lost is here with what it would have
    said; status 0 is one that never was.
    """

    status: int
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    delivery: Delivery | None = None

    @property
    def reason(self) -> str:
        """The standard reason phrase, or an empty text for a status that has none."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""


Endpoint = Callable[[Request], Response]
