"""httpx clients of this process, through respx: one router, one route that takes everything.

respx's own two mockers sit in the wrong places for a mock that is always on: ``httpx`` replaces
every client's transport, also one that never meant to reach a network, and ``httpcore`` builds each
request and response twice. The one here replaces ``handle_request`` of httpx's network transports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import httpx
import respx
from respx.mocks import AbstractRequestMocker, HTTPCoreMocker
from respx.models import PassThrough

from dryshot.errors import RefusedHost
from dryshot.http import Endpoint, Request
from dryshot.mounts.httpx import exchange, from_httpx
from dryshot.mounts.wire import Lines

__all__ = ["Patch"]

Find = Callable[[Request], Endpoint | None]


class _Mocker(AbstractRequestMocker):
    """Puts respx under httpx's network transports; respx knows it as ``using="dryshot"``."""

    name = "dryshot"
    # With a colon: else a module of each name is looked for first, in every folder of sys.path.
    targets: ClassVar[list[str]] = ["httpx:HTTPTransport", "httpx:AsyncHTTPTransport"]
    target_methods: ClassVar[list[str]] = ["handle_request", "handle_async_request"]

    @classmethod
    def handler(cls, httpx_request: httpx.Request) -> httpx.Response:
        untyped: Any = super()
        return cls._answered(httpx_request, untyped.handler(httpx_request))

    @classmethod
    async def async_handler(cls, httpx_request: httpx.Request) -> httpx.Response:
        untyped: Any = super()
        return cls._answered(httpx_request, await untyped.async_handler(httpx_request))

    @classmethod
    def _answered(cls, request: httpx.Request, response: httpx.Response | None) -> httpx.Response:
        if response is None:  # the router has gone while this request was on its way
            raise PassThrough("no mock is active any more", request=request, origin=respx.Route())
        return response

    @classmethod
    def to_httpx_request(cls, **kwargs: Any) -> httpx.Request:
        request: httpx.Request = kwargs["request"]
        return request

    @classmethod
    def from_sync_httpx_response(
        cls, httpx_response: httpx.Response, target: Any, **_: Any
    ) -> httpx.Response:
        del target
        return httpx_response

    @classmethod
    async def from_async_httpx_response(
        cls, httpx_response: httpx.Response, target: Any, **_: Any
    ) -> httpx.Response:
        del target
        return httpx_response


class _Everything(respx.Route):
    """Matches every request; an exception of the endpoint leaves it as it is."""

    def __init__(self, find: Find) -> None:
        super().__init__()
        self._find = find
        self._lines = Lines()

    def match(self, request: httpx.Request) -> httpx.Response | httpx.Request:
        """The endpoint's answer, or the request itself to let it pass."""
        plain = from_httpx(request, self._lines.read)
        try:
            endpoint = self._find(plain)
        except RefusedHost:
            if not HTTPCoreMocker.routers:
                raise
            # A respx mock of the user's own waits further down and has the last word.
            return request
        return request if endpoint is None else exchange(endpoint, request, plain)


class _Router(respx.MockRouter):
    """Has one route, that takes everything: there is nothing to resolve.

    It keeps no calls either: respx would hold 2 KiB of each until the end, and the mock has a
    journal.
    """

    def __init__(self, everything: _Everything) -> None:
        super().__init__(assert_all_called=False, using=_Mocker.name)
        self._everything = everything
        self.routes.add(everything)

    def handler(self, request: httpx.Request) -> httpx.Response:
        """The endpoint's answer; ``PassThrough`` lets the request go to the network."""
        found = self._everything.match(request)
        if isinstance(found, httpx.Response):
            return found
        raise PassThrough("for the network", request=request, origin=self._everything)

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        """The same; the loop waits meanwhile."""
        return self.handler(request)


class Patch:
    """Sends what httpx would put on a network to the endpoint that ``find`` names, if any."""

    def __init__(self, find: Find) -> None:
        self._router = _Router(_Everything(find))

    def install(self) -> None:
        """Patch httpx."""
        self._router.start()

    def remove(self) -> None:
        """Put httpx's own methods back."""
        self._router.stop(clear=False)
