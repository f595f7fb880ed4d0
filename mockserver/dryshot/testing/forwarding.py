"""An endpoint that asks a real service, over a socket of its own that no activation takes away."""

from __future__ import annotations

import httpcore
import httpx

from dryshot.http import Request, Response
from dryshot.mounts.wire import joined

__all__ = ["Forwarding"]

_FRAMING = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "upgrade"})
_TIMEOUT = {"connect": 20.0, "read": 120.0, "write": 120.0, "pool": 120.0}


class Forwarding:
    """Sends a request to ``base_url``, or where it is addressed to, and brings the answer.

    The service is told in ``Host`` what the caller called it, so that several behind one address
    can be told apart. ``pool`` makes the connections; by default TLS is verified as httpx does.
    It speaks httpcore, below httpx: a program's own clients may be led here by an activation.
    """

    def __init__(
        self, base_url: str | None = None, *, pool: httpcore.ConnectionPool | None = None
    ) -> None:
        self._base = base_url
        self._pool = pool or httpcore.ConnectionPool(
            ssl_context=None if (base_url or "").startswith("http:") else httpx.create_ssl_context()
        )

    def __call__(self, request: Request) -> Response:
        """Ask, and wait for the whole answer; a lost connection is a :class:`ConnectionError`."""
        kept = {
            name: value
            for name, value in request.headers.items()
            if name not in _FRAMING and name not in {"content-length", "accept-encoding"}
        }
        kept.setdefault("host", request.origin.partition("://")[2])
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            kept["content-length"] = str(len(request.body))
        try:
            answer = self._pool.request(
                request.method,
                f"{self._base or request.origin}{request.target}",
                headers=list(kept.items()),
                content=request.body,
                extensions={"timeout": _TIMEOUT},
            )
        except httpcore.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpcore.ConnectError as error:
            raise ConnectionRefusedError(str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise ConnectionError(str(error)) from error
        return Response(answer.status, joined(answer.headers), answer.content)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
