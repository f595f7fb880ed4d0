"""The conformance kit: what any service that speaks this API can be held to."""

from __future__ import annotations

from dryshot.errors import MissingExtra

try:
    import hypothesis  # noqa: F401 - only to say that it is missing
except ImportError as error:
    raise MissingExtra("dryshot.conformance", "hypothesis") from error

from dryshot.conformance.dialects import CouldNotRun
from dryshot.conformance.findings import Broken, Finding, Findings
from dryshot.conformance.machine import RuntimeStateMachine

__all__ = ["Broken", "CouldNotRun", "Finding", "Findings", "RuntimeStateMachine"]
