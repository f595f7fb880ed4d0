from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit_ibm_runtime import EstimatorV2, QiskitRuntimeService, RuntimeDecoder, SamplerV2

from contract_tests.platform import RUNTIME
from dryshot import Mock, Pace, serve
from dryshot.engines.canned import UnfitAnswer, UnusedExpectation
from dryshot_client import Runtime
from tests.dialects import classic
from tests.dialects.platform import log_in, one, sampler

TWO = (
    'OPENQASM 3.0; include "stdgates.inc"; bit[2] a; bit[1] b; x $0; '
    "a[0] = measure $0; a[1] = measure $1; b[0] = measure $2;"
)
BIT = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
MEAN = 'OPENQASM 3.0; include "stdgates.inc"; x $0;'


def said(name: str) -> dict[str, Any]:
    """A result that says who gave it."""
    data = {"c": {"samples": ["0x0"], "num_bits": 1}}
    return {"results": [{"data": data, "metadata": {"by": name}}], "metadata": {"version": 2}}


def by(result: Any) -> Any:
    return result["results"][0]["metadata"].get("by")


class Desk:
    """A logged-in caller of the platform."""

    def __init__(self, **settings: Any) -> None:
        self.mock = Mock(**({"engine": one} | settings))
        self.http = httpx.Client(transport=self.mock.transport())
        self.headers = log_in(self.http)

    def submit(self, **fields: Any) -> str:
        answer = self.http.post(f"{RUNTIME}/jobs", json=sampler(**fields), headers=self.headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def get(self, job: str, part: str = "") -> Any:
        return self.http.get(f"{RUNTIME}/jobs/{job}{part}", headers=self.headers)

    def results(self, **fields: Any) -> Any:
        return self.get(self.submit(**fields), "/results").json()


def test_counts_become_the_shots_of_every_register() -> None:
    desk = Desk()
    desk.mock.when(program_id="sampler").returns(counts={"1 01": 2, "0 10": 1})
    result = desk.results(params={"pubs": [[TWO]], "version": 2})
    data = result["results"][0]["data"]
    assert data["a"] == {"samples": ["0x1", "0x1", "0x2"], "num_bits": 2}
    assert data["b"] == {"samples": ["0x1", "0x1", "0x0"], "num_bits": 1}


@pytest.mark.parametrize(
    "counts", [{"101": 2, "010": 1}, {"0x5": 2, "0x2": 1}, {5: 2, 2: 1}, [{"1 01": 2, "0 10": 1}]]
)
def test_counts_may_be_written_in_several_ways(counts: Any) -> None:
    desk = Desk()
    desk.mock.when().returns(counts=counts)
    data = desk.results(params={"pubs": [[TWO]], "version": 2})["results"][0]["data"]
    assert data["a"]["samples"] == ["0x1", "0x1", "0x2"]
    assert data["b"]["samples"] == ["0x1", "0x1", "0x0"]


def test_counts_may_be_said_for_each_register() -> None:
    desk = Desk()
    desk.mock.when().returns(counts={"a": {"01": 2}, "b": {"1": 1, "0": 1}})
    data = desk.results(params={"pubs": [[TWO]], "version": 2})["results"][0]["data"]
    assert (data["a"]["samples"], data["b"]["samples"]) == (["0x1", "0x1"], ["0x1", "0x0"])


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"00": 1}, r"circuit 0: '00' has 2 bits, not those of the register c of 1"),
        ({"2": 1}, "'2' is no outcome"),
        ({"0x2": 1}, "'0x2' does not fit into the register c of 1"),
        ({"0": -1}, "-1 is not a number of shots"),
        ({"0": 0}, "there is no shot"),
        ({"d": {"0": 1}}, "of the registers d; the circuit has c"),
        ([{"0": 1}, {"0": 1}], "2 were given for 1 circuits"),
    ],
)
def test_counts_that_do_not_fit_are_refused_and_leave_no_job(counts: Any, told: str) -> None:
    desk = Desk()
    desk.mock.when().returns(counts=counts)
    with pytest.raises(UnfitAnswer, match=told):
        desk.submit()
    assert desk.mock.world.jobs == {}


def test_a_part_that_is_not_of_the_program_is_refused_with_the_right_one() -> None:
    desk = Desk()
    desk.mock.when(program_id="sampler").returns(evs=0.5)
    with pytest.raises(UnfitAnswer, match=r"evs: sampler \(version 2\) has none; say counts"):
        desk.submit()


def test_answers_come_in_order_and_the_last_for_ever() -> None:
    desk = Desk()
    answers = desk.mock.when(program_id="sampler", backend="ibm_torino")
    answers.returns(counts={"0": 1}).fails(reason_code=1517).returns(counts={"1": 3})
    first, second, *others = [desk.submit() for _ in range(4)]
    assert desk.get(first, "/results").json()["results"][0]["data"]["c"]["samples"] == ["0x0"]
    state = desk.get(second).json()["state"]
    assert (state["status"], state["reason_code"]) == ("Failed", 1517)
    assert "Traceback" in desk.get(second, "/results").text
    for job in others:
        data = desk.get(job, "/results").json()["results"][0]["data"]
        assert data["c"]["samples"] == ["0x1"] * 3
    assert desk.mock.unused_expectations == []


def test_times_gives_way_to_the_next_expectation_and_then_to_the_engine() -> None:
    desk = Desk()
    desk.mock.when().returns(result=said("first"), times=2)
    desk.mock.when().returns(result=said("second"), times=1)
    assert [by(desk.results()) for _ in range(4)] == ["first", "first", "second", None]


def test_a_match_is_part_of_the_params_or_a_function_of_the_submission() -> None:
    desk = Desk()
    shots = {"options": {"default_shots": 7}}
    desk.mock.when(match=shots).returns(result=said("part"))
    desk.mock.when(match=lambda job: "mine" in job.tags).returns(result=said("tag"))
    assert by(desk.results(params=sampler()["params"] | shots)) == "part"
    assert by(desk.results(tags=["mine"])) == "tag"
    assert by(desk.results()) is None


def test_jobs_run_as_long_as_was_said() -> None:
    desk = Desk(pace=Pace(0, 1))
    desk.mock.when(backend="ibm_torino").runs(3600).returns(counts={"1": 1})
    desk.mock.when(backend="ibm_fez").runs(600)
    jobs = desk.submit(), desk.submit(backend="ibm_fez")
    desk.mock.clock.advance(590)
    assert [desk.get(job).json()["state"]["status"] for job in jobs] == ["Running", "Running"]
    desk.mock.clock.advance(10)
    assert [desk.get(job).json()["state"]["status"] for job in jobs] == ["Running", "Completed"]
    desk.mock.clock.advance(3000)
    assert desk.mock.world.jobs[jobs[0]].status == "Completed"
    assert desk.mock.unused_expectations == []


def test_usage_is_charged() -> None:
    desk = Desk()
    desk.mock.when().returns(counts={"1": 1}, usage=40)
    job = desk.submit()
    assert desk.get(job).status_code == 200
    assert desk.mock.world.jobs[job].charge == 40


def test_what_was_not_used_is_told_and_warned_of() -> None:
    mock = Mock()
    mock.when(program_id="sampler").returns(counts={"0": 1}).fails(reason_code=1517, times=2)
    mock.when(backend="ibm_fez").runs(5)
    assert mock.unused_expectations == [
        "when(program_id='sampler').returns(counts=...): given 0 of 1 times",
        "when(program_id='sampler').fails(reason_code=1517): given 0 of 2 times",
        "when(backend='ibm_fez'): no such job came",
    ]
    with pytest.warns(UnusedExpectation) as warned:
        mock.warn_of_unused_expectations()
    assert [str(one.message) for one in warned] == mock.unused_expectations


@pytest.mark.parametrize(
    ("say", "told"),
    [
        (lambda mock: mock.when(backend="nope"), "backend: the world has no 'nope'"),
        (lambda mock: mock.when(program_id="nope"), "program_id: there is no program 'nope'"),
        (lambda mock: mock.when().returns(), "returns: say one of counts"),
        (lambda mock: mock.when().returns(counts={}, evs=1), "counts and evs was given"),
        (lambda mock: mock.when().returns(counts={"0": 1}, stds=1), "stds: they go with evs"),
        (lambda mock: mock.when().returns(counts={"0": 1}, times=0), "times: 0"),
        (lambda mock: mock.when().returns(counts={"0": 1}, usage=-1), "usage: -1"),
        (lambda mock: mock.when().fails(reason_code=12), "reason_code is 12"),
        (lambda mock: mock.when().runs(float("inf")), "runs: inf"),
    ],
)
def test_what_cannot_be_is_refused_by_name(say: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        say(Mock())


def test_expectation_values_fill_the_shape_of_a_pub() -> None:
    desk = Desk()
    answers = desk.mock.when(program_id="estimator")
    answers.returns(evs=0.25).returns(evs=[[0.5, -0.5]], stds=0.1).returns(evs=[[1.0]])
    pub = {"pubs": [[MEAN, ["Z", "X"]]], "version": 2}
    estimator = {"program_id": "estimator", "params": pub}
    data = desk.results(**estimator)["results"][0]["data"]
    assert data["evs"] == [0.25, 0.25]
    assert data["stds"] == [0.015625, 0.015625]
    data = desk.results(**estimator)["results"][0]["data"]
    assert (data["evs"], data["stds"]) == ([0.5, -0.5], [0.1, 0.1])
    with pytest.raises(UnfitAnswer, match=r"evs have the shape \(1,\); the pub has \(2,\)"):
        desk.submit(**estimator)


def test_the_classic_sampler_has_distributions_and_the_runner_counts() -> None:
    mock = Mock(engine=one)
    mock.when(program_id="sampler").returns(counts={"1": 3, "0": 1}).returns(quasi_dists={"1": 1.0})
    mock.when(program_id="qasm3-runner").returns(counts={"1": 3, "0": 1})
    with httpx.Client(transport=mock.transport(), base_url=classic.RUNTIME) as http:
        http.headers["x-access-token"] = classic.log_in(http)["id"]
        jobs = [classic.submit(http), classic.submit(http)]
        jobs.append(classic.submit(http, program_id="qasm3-runner"))
        mock.clock.advance(10)
        first, second, third = [http.get(f"/jobs/{job}/results").json() for job in jobs]
    assert first == {"quasi_dists": [{"1": 0.75, "0": 0.25}], "metadata": [{"shots": 4}]}
    assert second["quasi_dists"] == [{"1": 1.0}]
    assert third["results"][0]["data"]["counts"] == {"0x1": 3, "0x0": 1}


@pytest.mark.parametrize("served", [False, True])
def test_the_client_of_the_platform_reads_canned_results(*, served: bool) -> None:
    mock = Mock(engine=one)
    answers = mock.when(program_id="sampler", backend="ibm_torino")
    answers.returns(counts={"1": 3, "0": 1}).returns(counts={"0": 5})
    with ExitStack() as stack:
        runtime = stack.enter_context(client(mock, stack, served=served))
        found = [runtime.sampler("ibm_torino", BIT).result()[0].counts() for _ in range(3)]
        mock.when(program_id="estimator").returns(evs=-0.5, stds=0.25)
        means = runtime.estimator("ibm_torino", MEAN, "Z").result()[0]
    assert found == [{"1": 3, "0": 1}, {"0": 5}, {"0": 5}]
    assert (float(means.evs), float(means.stds)) == (-0.5, 0.25)


def client(mock: Mock, stack: ExitStack, *, served: bool) -> Runtime:
    if served:
        url = stack.enter_context(serve(mock)).url
        return Runtime(api_key="key", instance="premium-instance", url=url)
    stack.enter_context(mock.activate())
    return Runtime(api_key="key", instance="premium-instance")


def test_the_types_of_qiskit_are_written_without_qiskit() -> None:
    program = f"""
import sys
from dryshot import Task
from dryshot.engines.canned.answers import Result
from datetime import UTC, datetime
from dryshot.world.devices import device
box = device("ibm_box", num_qubits=5, calibrated=datetime(2026, 9, 1, tzinfo=UTC))
params = {{"pubs": [[{TWO!r}]], "version": 2, "support_qiskit": True}}
task = Task("d9k2m4t0c7vs73f1q8ag", "sampler", params, box, 1, "platform")
print(Result("counts", {{"101": 2}})(task).body)
print(*sorted({{"numpy", "qiskit"}} & set(sys.modules)), file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stderr.strip() == ""
    data = RuntimeDecoder().decode(run.stdout)[0].data
    assert data.a.get_counts() == {"01": 2}
    assert data.b.get_counts() == {"1": 2}


@pytest.mark.filterwarnings("ignore:The (Sampler|Estimator)V2 class:DeprecationWarning")
@pytest.mark.heavy
def test_the_official_sdk_reads_canned_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USAGE_DATA_OPT_OUT", "True")
    circuit = QuantumCircuit(ClassicalRegister(2, "a"), ClassicalRegister(9, "b"))
    circuit.add_register(QuantumRegister(11))
    circuit.measure(range(11), range(11))
    with Mock(engine=one).activate() as mock:
        mock.when(program_id="sampler").returns(counts={"100000001 10": 5, "000000000 01": 3})
        mock.when(program_id="estimator").returns(evs=[[0.5, 0.25]], stds=0.125)
        service = QiskitRuntimeService(
            channel="ibm_quantum_platform", token="key", instance="premium-instance"
        )
        backend = service.backend("ibm_torino")
        data = SamplerV2(mode=backend).run([circuit], shots=8).result()[0].data
        bare = QuantumCircuit(backend.num_qubits)
        pub = (bare, [_padded("Z", backend.num_qubits), _padded("X", backend.num_qubits)])
        means = EstimatorV2(mode=backend).run([pub]).result()[0].data
    assert data.a.get_counts() == {"10": 5, "01": 3}
    assert data.b.get_counts() == {"100000001": 5, "000000000": 3}
    assert means.evs.tolist() == [0.5, 0.25]
    assert means.stds.tolist() == [0.125, 0.125]


def _padded(letter: str, width: int) -> str:
    return "I" * (width - 1) + letter
