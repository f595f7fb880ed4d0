from __future__ import annotations

import json
from datetime import datetime

from dryshot.engines import AerEngine
from dryshot.world import Task
from dryshot.world.devices import device


def test_a_calibration_takes_its_time_and_changes_nothing() -> None:
    calibrated = datetime.fromisoformat("2026-07-01T00:00:00Z")
    small = device("small", num_qubits=5, calibrated=calibrated)
    task = Task("d9k2m4t0c7vs73f1q8ag", "calibrate", {}, small, 1, "platform")
    outcome = AerEngine()(task)
    result = json.loads(outcome.body)
    start, stop = (datetime.fromisoformat(result[name]) for name in ("start", "stop"))
    assert (stop - start).total_seconds() == outcome.quantum_seconds == 30
    assert AerEngine()(task) == outcome
