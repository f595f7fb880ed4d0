"""Engines: what computes a job. An engine maps a task to its outcome.

Choosing one imports no heavy library; the one chosen does that when its first job runs. One that
is not chosen is not imported itself.
"""

from __future__ import annotations

import functools
import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from dryshot.errors import MissingExtra
from dryshot.world.work import Engine

if TYPE_CHECKING:
    from dryshot.engines.aer import AerEngine
    from dryshot.engines.stub import StubEngine, StubResultWarning

__all__ = ["AerEngine", "StubEngine", "StubResultWarning", "choose"]

_HOMES = {
    "AerEngine": "dryshot.engines.aer",
    "StubEngine": "dryshot.engines.stub",
    "StubResultWarning": "dryshot.engines.stub",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'dryshot.engines' has no attribute {name!r}")


@functools.cache
def _can_simulate() -> bool:
    """Whether the libraries of the aer engine are installed; looked for once in a process."""
    return find_spec("qiskit") is not None and find_spec("qiskit_aer") is not None


def choose(name: Literal["auto", "aer", "stub"] = "auto") -> Engine:
    """The engine called ``name``; "auto" is aer where it is installed, and stub elsewhere.

    Raises :class:`~dryshot.errors.MissingExtra` for "aer" without its libraries, ``ValueError`` for
    any other name.
    """
    if name not in {"auto", "aer", "stub"}:
        raise ValueError(f"{name!r} is not an engine; there are auto, aer and stub")
    if name == "stub" or (name == "auto" and not _can_simulate()):
        from dryshot.engines.stub import StubEngine

        return StubEngine()
    if not _can_simulate():
        raise MissingExtra("the aer engine", "sim")
    from dryshot.engines.aer import AerEngine

    return AerEngine()
