"""What lets real time move a served world while nobody asks it anything."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from dryshot.clock import Clock

__all__ = ["heartbeat"]

_log = logging.getLogger("dryshot.server")


@contextmanager
def heartbeat(clocks: Callable[[], Iterable[Clock]], seconds: float = 0.1) -> Iterator[None]:
    """While this lasts, let the clocks keep up with real time, in a thread of their own.

    Whoever looks sees what is due in any case; this is for what nobody looks at: jobs that start,
    pages that follow a world. A clock that fails is told to the log, and tried again.
    """
    over = threading.Event()

    def beat() -> None:
        while not over.wait(seconds):
            for clock in clocks():
                try:
                    clock.keep_up()
                except Exception:  # noqa: BLE001 - whatever it was, the others go on
                    _log.exception("what was due at %r failed", clock)

    thread = threading.Thread(target=beat, name="dryshot-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
