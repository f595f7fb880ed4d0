"""Jobs, circuits and sessions that the strategies make up, submitted to the mock."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

import httpx
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from qiskit import qasm3

from dryshot import Mock
from dryshot.contract import Contract, Match
from dryshot.http import Request
from dryshot.strategies import circuits, jobs, sessions
from tests.dialects import classic, platform
from tests.dialects.platform import one

quick = settings(max_examples=4, deadline=None, database=None, derandomize=True)
PROGRAMS = [
    ("platform", "sampler"),
    ("platform", "estimator"),
    ("platform", "noise-learner"),
    ("classic", "sampler"),
    ("classic", "estimator"),
    ("classic", "circuit-runner"),
    ("classic", "qasm3-runner"),
]
FORMAL = [("platform", "executor"), ("platform", "calibrate")]
Kind = Literal["platform", "classic"]


def read(name: str, operation: str, body: Any) -> Any:
    contract = Contract.load(name)
    found = contract.operations[operation]
    content = httpx.Request("POST", "http://x", json=body).read()
    headers = {"content-type": "application/json"}
    return contract.read_request(
        Match(found, {}), Request(found.method, "", found.path, "", headers, content)
    ).body


@pytest.mark.parametrize(("dialect", "program"), PROGRAMS + FORMAL)
def test_every_job_is_one_the_document_allows(dialect: Kind, program: str) -> None:
    name = "platform-runtime" if dialect == "platform" else "legacy-runtime"

    @quick
    @given(jobs(dialect, program))
    def check(body: Any) -> None:
        assert read(name, "create_job", body) == body
        assert body["program_id"] == program

    check()


@pytest.mark.parametrize(("dialect", "program"), PROGRAMS)
def test_every_job_completes_on_the_mock(dialect: Kind, program: str) -> None:
    mock = Mock()
    with httpx.Client(transport=mock.transport()) as http:
        if dialect == "platform":
            headers, base = dict(platform.log_in(http)), "https://quantum.cloud.ibm.com/api/v1"
        else:
            headers, base = {"x-access-token": classic.log_in(http)["id"]}, classic.RUNTIME

        @quick
        @given(jobs(dialect, program))
        def check(body: Any) -> None:
            created = http.post(f"{base}/jobs", json=body, headers=headers)
            assert created.status_code == 200, created.text
            url = f"{base}/jobs/{created.json()['id']}"
            mock.clock.advance(60)
            status = http.get(url, headers=headers).json()["status"]
            assert status == "Completed", http.get(f"{url}/results", headers=headers).text

        check()


def test_a_jobs_parts_can_be_chosen() -> None:
    text = "OPENQASM 3.0; bit c; c = measure $5;"
    made = find(
        jobs("platform", backend="my_device", circuits=st.just(text), session_id="a-session"),
        lambda _: True,
    )
    assert made["backend"] == "my_device"
    assert made["session_id"] == "a-session"
    assert made["params"]["pubs"] == [[text]]


@quick
@given(sessions())
def test_every_session_opens(body: Any) -> None:
    with httpx.Client(transport=Mock(engine=one).transport()) as http:
        url = "https://quantum.cloud.ibm.com/api/v1/sessions"
        answer = http.post(url, json=body, headers=dict(platform.log_in(http)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["mode"] == body["mode"]


@quick
@given(st.data())
def test_circuits_have_the_qubits_asked_for_and_measure_them_all(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 5))
    circuit = qasm3.loads(data.draw(circuits(width)))
    assert circuit.num_qubits == circuit.num_clbits == width
    assert circuit.count_ops()["measure"] == width


@quick
@given(circuits(3, gates=("sx", "rz", "cz", "unheard-of"), edges=[(4, 5), (5, 6)]))
def test_circuits_keep_to_gates_and_edges(text: str) -> None:
    for name, *_ in re.findall(r"^([a-z]+)(\(.*\))? \$", text, re.MULTILINE):
        assert name in {"sx", "rz", "cz"}
    pairs = re.findall(r"^cz \$([0-9]+), \$([0-9]+);", text, re.MULTILINE)
    assert {frozenset(pair) for pair in pairs} <= {frozenset("45"), frozenset("56")}
    assert {*re.findall(r"measure \$([0-9]+)", text)} == {"4", "5", "6"}


def test_a_circuit_shrinks_to_the_gate_that_matters() -> None:
    text = find(circuits(), lambda text: "\ncz " in text)
    assert text.splitlines()[2:] == [
        "qubit[2] q;",
        "bit[2] c;",
        "cz q[0], q[1];",
        "c[0] = measure q[0];",
        "c[1] = measure q[1];",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: circuits(0), "0 qubits"),
        (lambda: circuits(gates=["nothing"]), "none of the gates nothing"),
        (lambda: circuits(3, edges=[(0, 1)]), "only 2 are joined"),
        (lambda: circuits(backend="my_device"), "'my_device' is none of the mock's devices"),
        (lambda: jobs(cast("Kind", "neither")), "'neither' is neither platform nor classic"),
        (lambda: jobs("classic", "executor"), "the classic API has no program 'executor'"),
        (lambda: sessions(mode=cast("Any", "none")), "mode 'none' is none of batch, dedicated"),
    ],
)
def test_what_cannot_be_made_is_said(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
