"""Engines: what computes a job. An engine maps a task to its outcome.

Choosing one imports no heavy library; the one chosen does that when its first job runs.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from dryshot.engines.aer import AerEngine
from dryshot.engines.stub import StubEngine, StubResultWarning
from dryshot.errors import MissingExtra
from dryshot.world.work import Engine

__all__ = ["AerEngine", "StubEngine", "StubResultWarning", "choose"]


def choose(name: Literal["auto", "aer", "stub"] = "auto") -> Engine:
    """The engine called ``name``; "auto" is aer where it is installed, and stub elsewhere.

    Raises :class:`~dryshot.errors.MissingExtra` for "aer" without its libraries, ``ValueError`` for
    any other name.
    """
    if name not in {"auto", "aer", "stub"}:
        raise ValueError(f"{name!r} is not an engine; there are auto, aer and stub")
    if name == "stub":
        return StubEngine()
    if find_spec("qiskit") is not None and find_spec("qiskit_aer") is not None:
        return AerEngine()
    if name == "auto":
        return StubEngine()
    raise MissingExtra("the aer engine", "sim")
