"""Others of this kind, to be compared with: installed by ``python -m benchmarks.peers install``."""

from __future__ import annotations

from benchmarks.results import INSTALL

from .environments import tool
from .processes import Unavailable
from .served import SERVED, Ask, Served, localqpu, moto, prism, wiremock

__all__ = [
    "INSTALL",
    "SERVED",
    "Ask",
    "Served",
    "Unavailable",
    "localqpu",
    "moto",
    "prism",
    "wiremock",
    "wrk_path",
]


def wrk_path() -> str:
    """The load generator; Unavailable if it is not installed."""
    return tool("wrk", "Debian has it: apt-get install wrk, as root")
