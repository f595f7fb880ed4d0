from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.stage import submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")


def test_a_calibration_runs_in_a_session(backend: Any) -> None:
    with runtime.Session(backend=backend) as session:
        job = runtime.Calibrator(session).run()
        assert job.primitive_id == "calibrate"
        result = job.result()
        assert result.start < result.stop


def test_a_calibration_of_an_unknown_version_is_refused(backend: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match="1208"):
        submit(backend, "calibrate", params={"schema_version": "v9.9", "options": {}})
