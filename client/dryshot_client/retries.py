"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from dryshot_client.flows import Flow, Outcome, send, sleep

__all__ = ["RETRIED_STATUSES", "RetryPolicy", "read_policy", "read_retry_after", "send_repeatedly"]

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})

_PASSING = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
_log = logging.getLogger("dryshot_client")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, and after how long; all times in seconds.

    The pause before the n-th repetition (from 0) is drawn evenly from 0 to ``base * 2**n``, at most
    ``cap``. Where the service says ``Retry-After``, it is that long instead; a longer time than
    ``patience`` is not waited for, and the error, which names it, is raised at once.
    """

    limit: int = 3
    base: float = 0.5
    cap: float = 20.0
    patience: float = 60.0
    random: Callable[[], float] = random.random
    """Evenly from 0 to 1, like :func:`random.random`."""

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError(f"retries is {self.limit}; it cannot be negative")

    def pause(self, repetition: int, outcome: Outcome) -> float | None:
        """Seconds to wait before that repetition; ``None`` if there is to be none."""
        if isinstance(outcome, httpx.Response):
            if outcome.status_code in RETRIED_STATUSES:
                return self.delay(repetition, read_retry_after(outcome.headers))
        elif isinstance(outcome, _PASSING):
            return self.delay(repetition)
        return None

    def delay(self, repetition: int, wanted: float | None = None) -> float | None:
        """Seconds to wait before that repetition of what may go well now; ``None`` for none.

        ``wanted`` is how many seconds the service said to wait.
        """
        if repetition >= self.limit:
            return None
        if wanted is not None:
            return wanted if wanted <= self.patience else None
        # The exponent is bounded, or a large limit would overflow a float.
        return self.random() * min(self.cap, self.base * 2.0 ** min(repetition, 64))


def read_policy(retries: int | RetryPolicy) -> RetryPolicy:
    """The policy itself, or the usual one with that limit."""
    return RetryPolicy(limit=retries) if isinstance(retries, int) else retries


def read_retry_after(headers: httpx.Headers) -> float | None:
    """The ``Retry-After`` header in seconds from now, not below 0; ``None`` if absent or garbled.

    A date is compared with the answer's own ``Date`` where there is one, so that neither a wrong
    clock here nor a virtual one there matters.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    then = _read_date(text)
    if then is None:
        return None
    now = _read_date(headers.get("date", ""))
    return max(0.0, then - (time.time() if now is None else now))


def _read_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def send_repeatedly(
    request: httpx.Request,
    policy: RetryPolicy,
    *,
    repeatable: bool,
    auth: httpx.Auth | None = None,
) -> Flow[tuple[Outcome, bool]]:
    """Send until it goes well or the policy has had enough.

    Returns what came of the last attempt, and whether the request may have arrived before that. One
    that failed on the way to a token was not sent yet, and so is repeated whatever it does.
    """
    repetition = 0
    sent = False
    while True:
        outcome = yield from send(request, auth)
        now_sent = isinstance(outcome, httpx.Response) or outcome.request is request
        pause = policy.pause(repetition, outcome) if repeatable or not now_sent else None
        if pause is None:
            return outcome, sent
        sent = sent or now_sent
        what = (
            outcome.status_code if isinstance(outcome, httpx.Response) else type(outcome).__name__
        )
        _log.debug("%s %s: %s; again in %.2f s", request.method, request.url.path, what, pause)
        yield from sleep(pause)
        repetition += 1
