"""One engine for the whole run, as a mock has one: what it keeps must not show in any answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dryshot.engines import AerEngine
from dryshot.world.backends import Backend

from .backends import snapshot, task


@pytest.fixture(scope="session")
def aer() -> AerEngine:
    return AerEngine()


@pytest.fixture(scope="session")
def sherbrooke() -> Backend:
    return snapshot("sherbrooke")


@pytest.fixture(scope="session")
def lagos() -> Backend:
    return snapshot("lagos")


@pytest.fixture(scope="session")
def run(aer: AerEngine) -> Callable[..., Any]:
    """Run a program that must succeed, and give its return value."""

    def go(program: str, backend: Backend, seed: int = 7, **params: Any) -> Any:
        outcome = aer(task(program, backend, seed, **params))
        assert not outcome.failed, outcome.body
        return json.loads(outcome.body)

    return go
