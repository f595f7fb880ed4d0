"""What tests may spend on a service: seconds of its devices, and submissions in a minute."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from dryshot.contract import Documents
from dryshot.errors import DryshotError
from dryshot.http import Endpoint, Request, Response

__all__ = ["SUBMISSIONS", "Budget", "Limiter", "NotMarked", "guarded"]

SUBMISSIONS = frozenset(
    {
        *("platform-runtime.create_job", "platform-runtime.create_session"),
        *("legacy-runtime.create_job", "legacy-runtime.create_facade_job"),
        "legacy-runtime.create_session",
    }
)
"""The operations that begin something that costs."""


class NotMarked(DryshotError):
    """A test submits to a service and does not say what that may cost; nothing was sent."""


class Budget:
    """Seconds that are left of ``seconds``; what a test says it costs is what is taken."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def take(self, seconds: float) -> bool:
        """Take so many, if there are as many."""
        if seconds > self.left:
            return False
        self.left -= seconds
        return True


class Limiter:
    """At most ``number`` in any ``period`` (seconds); whoever comes too early waits.

    ``sleep`` and ``monotonic`` are the clock to wait by; 0 lets everybody through.
    """

    def __init__(
        self,
        number: int,
        period: float = 60.0,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._number = number
        self._period = period
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: deque[float] = deque(maxlen=number)

    @classmethod
    def shared(cls, number: int, workers: int) -> Limiter:
        """One of ``workers`` processes that keep to ``number`` in a minute together."""
        if number == 0:
            return cls(0)
        return cls(max(1, number // workers), 60.0 * math.ceil(workers / number))

    def wait(self) -> None:
        """Return when one more is allowed."""
        if self._number == 0:
            return
        with self._lock:
            if len(self._last) == self._number:
                early = self._last[0] + self._period - self._monotonic()
                if early > 0:
                    self._sleep(early)
            self._last.append(self._monotonic())


def guarded(inner: Endpoint, documents: Documents, *, marked: bool, limiter: Limiter) -> Endpoint:
    """``inner``, but that submissions keep to the limit, and are refused of whom may not spend.

    ``marked`` is whether the test says what it costs.
    """

    def answer(request: Request) -> Response:
        if request.method == "POST":
            found = documents.find(request)
            if found is not None and found.key in SUBMISSIONS:
                if not marked:
                    raise NotMarked(
                        f"{found.key} was not sent: with --dryshot-target=live a test that submits "
                        "says what that may cost, in seconds of a device: "
                        "@pytest.mark.costs(10), or costs(0) where nothing is charged"
                    )
                if found.operation.id == "create_job":
                    limiter.wait()
        return inner(request)

    return answer
