"""A stand-in for the IBM Quantum (Qiskit Runtime) REST API.

What is public is imported when it is first asked for, so that ``import dryshot`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dryshot.clock import Clock, WallClock
    from dryshot.engines import AerEngine
    from dryshot.errors import DryshotError, MissingExtra, RefusedHost, SpecDrift, Unrecorded
    from dryshot.mock import Mock
    from dryshot.recording.player import Player
    from dryshot.server.serving import Server, serve
    from dryshot.world import Account, Backend, BackendData, IdSource, Outcome, Task
    from dryshot.world.devices import device, simulator
    from dryshot.world.platform import ServiceInstance
    from dryshot.world.runner import Pace

__all__ = [
    "Account",
    "AerEngine",
    "Backend",
    "BackendData",
    "Clock",
    "DryshotError",
    "IdSource",
    "Limits",
    "MissingExtra",
    "Mock",
    "Outcome",
    "Pace",
    "Player",
    "RefusedHost",
    "Server",
    "ServiceInstance",
    "SpecDrift",
    "Task",
    "Unrecorded",
    "WallClock",
    "device",
    "serve",
    "simulator",
]

_HOMES = {
    "dryshot.clock": ("Clock", "WallClock"),
    "dryshot.engines": ("AerEngine",),
    "dryshot.errors": (
        "DryshotError",
        "MissingExtra",
        "RefusedHost",
        "SpecDrift",
        "Unrecorded",
    ),
    "dryshot.mock": ("Mock",),
    "dryshot.recording.player": ("Player",),
    "dryshot.server.serving": ("Server", "serve"),
    "dryshot.world": ("Account", "Backend", "BackendData", "IdSource", "Outcome", "Task"),
    "dryshot.world.limits": ("Limits",),
    "dryshot.world.devices": ("device", "simulator"),
    "dryshot.world.platform": ("ServiceInstance",),
    "dryshot.world.runner": ("Pace",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'dryshot' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
