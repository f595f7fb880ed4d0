"""Jobs of the primitives on a mock, submitted by a plain client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx

from contract_tests.platform import RUNTIME
from dryshot.mock import Mock
from dryshot_client.platform.programs import estimator_params, sampler_params
from tests.dialects.platform import log_in

__all__ = ["Bench", "answers", "bench"]

SWEEP = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] a;
bit[2] low;
bit[1] high;
rz(a) $0;
sx $0;
x $1;
low[0] = measure $0;
low[1] = measure $1;
high[0] = measure $0;
"""
ONE = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; x $0; c[0] = measure $0; c[1] = measure $1;'
QUIET = 'OPENQASM 3.0; include "stdgates.inc"; input float[64] a; rz(a) $0; sx $0; x $1;'


class Bench:
    """Runs jobs on one device of a mock."""

    def __init__(self, mock: Mock, http: httpx.Client) -> None:
        self._mock = mock
        self._http = http

    def submit(self, program: str, params: Mapping[str, Any], **fields: Any) -> str:
        """The id of a new job. The mock checks its inputs against the API's description."""
        body = {"program_id": program, "backend": "ibm_fez", "params": params, **fields}
        answer = self._http.post("/jobs", json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["id"])

    def run(self, program: str, params: Mapping[str, Any]) -> Any:
        """The results of a new job."""
        job = f"/jobs/{self.submit(program, params)}"
        for _ in range(3600):
            if self._http.get(job).json()["state"]["status"] not in {"Queued", "Running"}:
                break
            self._mock.clock.advance(1)
        results = self._http.get(f"{job}/results")
        assert self._http.get(job).json()["state"]["status"] == "Completed", results.text
        return results.json()


@contextmanager
def bench() -> Iterator[Bench]:
    """A client that has logged in to a new mock."""
    mock = Mock()
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers.update(log_in(http))
        yield Bench(mock, http)


@cache
def answers(case: str, *, typed: bool) -> str:
    """What the mock answers, in the plain form or in Qiskit's."""
    program = case.partition(" ")[0]
    sweep = {"a": [[0.0, 0.5, 1.0], [1.5, 2.0, 2.5]]}
    match case:
        case "sampler bits":
            params = sampler_params([ONE, SWEEP], shots=20, parameters=[None, sweep])
        case "sampler points":
            params = sampler_params(
                SWEEP, shots=3, parameters=sweep, options={"execution": {"meas_type": "kerneled"}}
            )
        case "estimator values":
            params = estimator_params(
                [QUIET, QUIET],
                ["ZI", [["ZZ"], [{"XI": 0.5, "IZ": 2}]]],
                parameters=[{"a": 0.5}, {"a": [0.0, 0.5, 1.0]}],
                precision=0.1,
            )
        case _:
            params = estimator_params(
                QUIET,
                ["ZI", "IZ"],
                parameters={"a": 0.5},
                precision=0.1,
                options={"resilience": {"zne_mitigation": True}},
            )
    if typed:
        params["support_qiskit"] = True
    with bench() as service:
        return json.dumps(service.run(program, params))
