"""The commands of the shell, a module each.

Such a module has ``HELP`` (one line), ``DESCRIPTION``, ``declare(parser)``, which adds its options,
and ``run(settings)``, which gives the exit code. What is slow to import is imported in ``run``.
"""

from __future__ import annotations

import argparse
from types import ModuleType
from typing import Protocol, cast

from dryshot.commands import (
    cassette,
    check,
    conformance,
    coverage,
    demo,
    doctor,
    lint,
    record,
    run,
    scenarios,
    serve,
    state,
)

__all__ = ["COMMANDS", "Command"]


class Command(Protocol):
    """What such a module has."""

    HELP: str
    DESCRIPTION: str

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's options."""

    def run(self, settings: argparse.Namespace) -> int:
        """Run it; the exit code is 0 if it held, 1 if it did not, 2 for wrong usage."""


_MODULES: tuple[ModuleType, ...] = (
    demo,
    serve,
    run,
    record,
    cassette,
    scenarios,
    state,
    doctor,
    lint,
    check,
    coverage,
    conformance,
)

COMMANDS = {module.__name__.rpartition(".")[2]: cast("Command", module) for module in _MODULES}
"""By their names."""
