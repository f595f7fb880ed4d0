"""Who shares a server: what the parts of it know about tenants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, Protocol

from dryshot.http import Request, Response
from dryshot.mock import Mock

__all__ = ["Tenancy"]


class Tenancy(Protocol):
    """The worlds of a server, each a mock of its own, and an endpoint that finds the right one.

    A tenant's name is made from its API key and does not give it away.
    """

    def __call__(self, request: Request) -> Response:
        """Answer one request in the world of whoever asks."""

    def names(self) -> Sequence[str]:
        """Every tenant, oldest first."""

    def mock(self, name: str) -> Mock:
        """One tenant's mock; ``KeyError`` if there is none of that name."""

    def reset(self, name: str | None = None) -> None:
        """Let one tenant, or all, begin anew."""

    def keep(self, name: str) -> None:
        """Keep what was done to a tenant's mock by hand, where anything is kept.

        ``KeyError`` if there is none of that name.
        """

    def export_state(self, out: IO[bytes]) -> None:
        """Write all that is kept as JSON; ``OtherState`` where nothing is."""

    def import_state(self, value: Any) -> int:
        """Let an exported state take the place of all worlds; how many records it has.

        Any ``StateError`` means that nothing has changed.
        """
