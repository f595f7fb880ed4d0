"""What a server serves: the endpoint, and below ``/_dryshot`` the page and the admin API."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from dryshot.http import Endpoint
from dryshot.mounts.asgi import Application, Message, Receive, Send, asgi
from dryshot.server.limits import Limits, limited
from dryshot.server.stream import Streams

__all__ = ["OWN", "application"]

OWN = "/_dryshot"
"""What stands below is the server's own."""


def application(
    endpoint: Endpoint,
    *,
    limits: Limits | None = None,
    executor: Executor | None = None,
    admin: Callable[[], Application] | None = None,
) -> Application:
    """One ASGI application, for requests within ``limits``.

    The endpoint is called in ``executor``, if any, as in :func:`dryshot.mounts.asgi.asgi`.
    ``admin`` makes what answers below ``/_dryshot``; it is asked once, when that is first wanted.
    Without it such paths are the endpoint's like any other.
    """
    limits = limits or Limits()
    service = asgi(endpoint, max_body_bytes=limits.body_bytes, executor=executor)
    streams = Streams(endpoint, executor=executor)
    made: list[Application] = []

    async def both(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await streams(scope, receive, send)
            return
        own = scope["type"] == "http" and (
            scope["path"] == OWN or scope["path"].startswith(f"{OWN}/")
        )
        if not own or admin is None:
            await service(scope, receive, send)
            return
        if not made:
            made.append(admin())
        await made[0](scope, receive, send)

    return limited(both, limits)
