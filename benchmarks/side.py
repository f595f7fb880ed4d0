"""The same call on two things, side by side: ours, and a library's own constant answer.

Both take turns in short blocks, so that whatever else the machine does meets both, and only time of
this process counts.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import requests
import requests.adapters

__all__ = ["CALLS", "Constant", "Taken", "constant", "measure"]

CALLS = 10
"""In a block."""


class Taken(NamedTuple):
    """How many times as long it takes, by the fastest blocks of each and in the median of pairs.

    ``seconds`` is what one call takes in its fastest block.
    """

    best: float
    median: float
    seconds: float


def measure(floor: Callable[[], object], call: Callable[[], object], blocks: int) -> Taken:
    """How many times as long as ``floor`` the call takes."""
    taken: tuple[list[float], list[float]] = ([], [])
    for block in range(blocks + 1):
        for one, times in zip((floor, call), taken, strict=True):
            start = time.process_time()
            for _ in range(CALLS):
                one()
            times.append(time.process_time() - start)
        if not block:  # the first one warms up
            for times in taken:
                times.clear()
    pairs = (ours / theirs for theirs, ours in zip(*taken, strict=True))
    least, mine = map(min, taken)
    return Taken(mine / least, statistics.median(pairs), mine / CALLS)


def constant(answer: httpx.Response) -> httpx.MockTransport:
    """What httpx itself takes, with the bytes of the answer."""
    body, status, kind = answer.content, answer.status_code, answer.headers["content-type"]
    return httpx.MockTransport(
        lambda _request: httpx.Response(status, content=body, headers={"content-type": kind})
    )


class Constant(requests.adapters.BaseAdapter):
    """What requests itself takes: an answer of constant bytes, as its own adapter builds one."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The answer."""
        response = requests.Response()
        response.status_code = self._answer.status_code
        response.headers["content-type"] = self._answer.headers["content-type"]
        response.raw = io.BytesIO(self._answer.content)
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""
