"""A test's target, set up and taken down: what answers, and what stands before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from dryshot.contract import Documents
from dryshot.http import Endpoint, Request, Response
from dryshot.mock import Mock
from dryshot.mounts.activation import activate
from dryshot.targets import Target, live_target, mock_target
from dryshot.testing.budget import Limiter, guarded
from dryshot.testing.cleanup import Cleanup
from dryshot.testing.forwarding import Forwarding
from dryshot.testing.options import Live

__all__ = ["LeftBehind", "LiveSite", "ServedSite", "Stage", "Switch", "Wrap", "on_mock"]

Wrap = Callable[[Endpoint, Mock | None], Endpoint]
"""What is to stand before everything that answers, such as a recorder; and whose clock it is."""


class LeftBehind(Exception):
    """A test's jobs or sessions are still at the service."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A target while its test lasts; ``mock`` is what answers, if that is one."""

    target: Target
    mock: Mock | None


class Switch:
    """The endpoint of a server whose tests each have a mock of their own."""

    def __init__(self) -> None:
        self.endpoint: Endpoint | None = None

    def __call__(self, request: Request) -> Response:
        """Answer as the present test's mock; between tests there is none."""
        if self.endpoint is None:
            return Response(503, {"content-type": "text/plain"}, b"no test is running")
        return self.endpoint(request)


@contextmanager
def on_mock(mock: Mock, wrap: Wrap, kind: Any = "mock") -> Iterator[Stage]:
    """A mock in this process; httpx and requests reach it, and no other host."""
    endpoint = wrap(mock, mock)
    with activate(endpoint, mock.hosts):
        yield Stage(mock_target(mock, endpoint=endpoint, kind=kind), mock)


class ServedSite:
    """A server on loopback, for all tests of a process; ``url`` is its own."""

    def __init__(self, switch: Switch, url: str) -> None:
        self._switch = switch
        self._forwarding = Forwarding(url)

    @contextmanager
    def opened(self, mock: Mock, wrap: Wrap) -> Iterator[Stage]:
        """``mock`` behind the server: httpx and requests reach it by a socket, else nothing."""
        endpoint = wrap(self._forwarding, mock)
        self._switch.endpoint = mock
        try:
            with activate(endpoint, mock.hosts):
                yield Stage(mock_target(mock, endpoint=endpoint, kind="served"), mock)
        finally:
            self._switch.endpoint = None

    def close(self) -> None:
        """Close the connections."""
        self._forwarding.close()


class LiveSite:
    """A service, for all tests of a process; ``workers`` such processes share what is allowed."""

    def __init__(self, live: Live, workers: int) -> None:
        self._live = live
        self._documents = Documents()
        self._forwarding = Forwarding(live.url)
        self._limiter = Limiter.shared(live.submissions, workers)

    @contextmanager
    def opened(self, wrap: Wrap, *, marked: bool) -> Iterator[Stage]:
        """The service; ``marked`` is whether the test may submit.

        Raises:
            LeftBehind: something that the test made could not be removed.
        """
        live, target = self._live, None
        cleanup = Cleanup(self._forwarding, self._documents)
        guard = guarded(cleanup, self._documents, marked=marked, limiter=self._limiter)
        endpoint = wrap(guard, None)
        with ExitStack() as stack:
            stack.enter_context(activate(endpoint, self._documents.hosts))
            target = live_target(endpoint, live.api_key, live.instance)
            try:
                yield Stage(target, None)
            finally:
                left = cleanup.clean(live.api_key, target.sleep)
                if left:
                    raise LeftBehind(
                        "the test left behind what could not be removed: " + "; ".join(left)
                    )

    def close(self) -> None:
        """Close the connections."""
        self._forwarding.close()
