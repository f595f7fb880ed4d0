"""What lets a connection become a websocket; what websockets need is imported when one does."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, cast

__all__ = ["upgrading", "websocket"]


def websocket(**settings: Any) -> asyncio.Protocol:
    """A :class:`dryshot.server.sockets.Websocket`."""
    from dryshot.server.sockets import Websocket

    return Websocket(**settings)


def upgrading(connection: Any) -> type[asyncio.Protocol]:
    """``connection``, as :func:`dryshot.server.connections.protocol` gives it, with websockets.

    Only a GET becomes one. Any other request is answered as if it had not asked, body and all.
    """
    kind: Any = connection.func

    class Upgrading(kind):  # type: ignore[misc] # which of the two is known only now
        def _should_upgrade_to_ws(self) -> bool:
            return self.scope["method"] == "GET" and bool(super()._should_upgrade_to_ws())

    made = partial(Upgrading, *connection.args, **connection.keywords)
    return cast("type[asyncio.Protocol]", made)
