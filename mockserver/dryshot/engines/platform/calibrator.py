"""The calibrator: takes its time on the device, and says when that was."""

from __future__ import annotations

from typing import Any

from dryshot.clock import isoformat
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.timing import Timeline

__all__ = ["calibrate"]

SECONDS = 30.0
"""How long a calibration takes; the real time is not known."""


def calibrate(bench: TargetBench) -> Any:
    """The period of a calibration; the device's data stay as they are."""
    start, stop = Timeline(bench.task).add(SECONDS)
    bench.seconds += SECONDS
    return {"schema_version": "v0.1", "start": isoformat(start), "stop": isoformat(stop)}
