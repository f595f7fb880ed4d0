"""What a run called, and what was refused: counted, without a header, body or query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from dryshot.http import Request, Response
from dryshot.journal import Exchange
from dryshot.mock import Mock

__all__ = ["Tally"]

_MAX_ROWS = 200
_FAILED = "failed in dryshot"
# Of a path that belongs to no operation only plain words are told: the rest may be anybody's.
_WORD = re.compile(r"[A-Za-z_.-]{1,32}|v[0-9]{1,3}")


@dataclass(slots=True)
class Tally:
    """An endpoint: the mock's, whose calls it counts.

    Counts stay exact for any number of calls, since the mock's journal is emptied into them.
    """

    mock: Mock
    calls: dict[str, Counter[str]] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response:
        """Answer one request, and count it."""
        with self.mock.clock.lock:
            try:
                return self.mock(request)
            except Exception:
                self._count(_place(request), _FAILED)
                raise
            finally:
                for exchange in self.mock.journal:
                    self._count(_name(exchange), f"{exchange.response.status // 100}xx")
                self.mock.journal.clear()

    def _count(self, name: str, kind: str) -> None:
        if name not in self.calls and len(self.calls) >= _MAX_ROWS:
            name = "others"
        self.calls.setdefault(name, Counter())[kind] += 1

    def lines(self, refused: Mapping[str, int]) -> list[str]:
        """The summary; ``refused`` counts the hosts that were not let through."""
        total = sum(counter.total() for counter in self.calls.values())
        title = f"dryshot: {_times(total, 'call')} answered here, none sent to IBM"
        width = max(map(len, (*self.calls, *refused)), default=0)
        lines = [f"{title}:" if self.calls else title]
        for name, kinds in self.calls.items():
            told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
            lines.append(f"  {name:{width}}  {told}")
        if refused:
            lines.append("dryshot: refused, nothing sent (--allow-host NAME lets one through):")
            lines += [f"  {name:{width}}  {_times(n, 'time')}" for name, n in refused.items()]
        return lines


def _name(exchange: Exchange) -> str:
    return exchange.operation or _place(exchange.request)


def _place(request: Request) -> str:
    parts = (part if _WORD.fullmatch(part) else "…" for part in request.path.split("/")[1:])
    return f"{request.method} {request.host}/{'/'.join(parts)}"[:160]


def _times(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
