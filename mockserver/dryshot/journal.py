"""What was asked and answered, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from dryshot.http import Request, Response

__all__ = ["Exchange", "Journal"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    ``operation`` is the operationId, None if the request was for none. ``at`` is the instant of
    the world's clock. The text form shows no header and no body: a token may be in them.
    """

    request: Request = field(repr=False)
    response: Response = field(repr=False)
    operation: str | None
    at: datetime

    def __str__(self) -> str:
        request = self.request
        return f"{request.method} {request.host}{request.path} -> {self.response.status}"


class Journal:
    """The last ``size`` exchanges, oldest first."""

    def __init__(self, size: int = 10_000) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=size)

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __repr__(self) -> str:
        return f"<Journal of {len(self)} exchanges>"

    def add(self, exchange: Exchange) -> None:
        """Append; the oldest gives way."""
        self._exchanges.append(exchange)

    def clear(self) -> None:
        """Forget everything so far."""
        self._exchanges.clear()

    def of(self, operation: str) -> list[Exchange]:
        """The exchanges of one operation."""
        return [exchange for exchange in self if exchange.operation == operation]
