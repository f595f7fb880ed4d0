"""The machine's time and sleep, as they are when they are asked for.

A default argument would hold for ever what ``time`` had when it was made, and miss a test's
replacement.
"""

from __future__ import annotations

import time

__all__ = ["monotonic", "sleep"]


def sleep(seconds: float) -> None:
    """Wait for so many seconds."""
    time.sleep(seconds)


def monotonic() -> float:
    """Seconds from some point on, never fewer than before."""
    return time.monotonic()
