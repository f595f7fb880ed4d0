"""Valid requests are decoded and cast; for others every fault is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dryshot.contract import Call, Contract, InvalidRequest, Problem
from dryshot.http import Request

JOB = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    "hub": "ibm-q-internal",
    "group": "dev-sys-software",
    "project": "internal-test",
    "params": {"circuits": ["OPENQASM 3;"]},
}
CIRCUIT = {"__type__": "QuantumCircuit", "__value__": "eJwLDPVmYWBgAAAJlAFE"}
CLIENT_PARAMS = {
    "circuits": [CIRCUIT],
    "parameters": [[]],
    "circuit_indices": [0],
    "parameter_values": [[]],
    "transpilation_settings": {
        "skip_transpilation": False,
        "optimization_settings": {"level": 3},
        "coupling_map": None,
        "basis_gates": None,
    },
    "resilience_settings": {"level": 1},
    "run_options": {
        "shots": 4000,
        "init_qubits": True,
        "noise_model": None,
        "seed_simulator": None,
    },
}
PROVIDER_PARAMS = {
    "shots": 4000,
    "meas_level": 2,
    "init_qubits": True,
    "memory": False,
    "meas_return": "avg",
    "circuits": [CIRCUIT],
}
OBSERVABLE = {
    "__type__": "settings",
    "__module__": "qiskit.quantum_info",
    "__class__": "SparsePauliOp",
    "__value__": {"data": ["Z"], "coeffs": [{"__type__": "complex", "__value__": [1.0, 0.0]}]},
}
ESTIMATOR_PARAMS = {**CLIENT_PARAMS, "observables": [OBSERVABLE], "observable_indices": [0]}


def read(method: str, path: str, query: str = "", body: Any = b"", **headers: str) -> Call:
    contract = Contract.load("legacy-runtime")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(method, "host", path, query=query, headers=named, body=raw)
    return contract.read_request(contract.match(method, path), request)


def submit(body: Any, **headers: str) -> Call:
    return read("POST", "/jobs", body=body, **headers)


def list_jobs(query: str) -> Call:
    return read("GET", "/jobs", query)


def problems_of(function: Any, *args: Any, **kwargs: Any) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRequest) as refusal:
        function(*args, **kwargs)
    return refusal.value.problems


def changed(**changes: Any) -> dict[str, Any]:
    return {**JOB, **changes}


@pytest.mark.parametrize(
    "body",
    [
        JOB,
        {**JOB, "params": CLIENT_PARAMS, "log_level": "WARNING"},
        {**JOB, "params": CLIENT_PARAMS, "start_session": True, "session_time": None},
        {**JOB, "params": CLIENT_PARAMS, "session_id": "cjvks5fp8blo0kgog530"},
        {**JOB, "start_session": "True"},
        {**JOB, "start_session": "False", "session_time": 600, "tags": ["a"], "cost": 300},
        {**JOB, "program_id": "estimator", "params": ESTIMATOR_PARAMS},
        {
            **JOB,
            "program_id": "circuit-runner",
            "params": {**PROVIDER_PARAMS, "skip_transpilation": True},
        },
        {**JOB, "program_id": "qasm3-runner", "params": PROVIDER_PARAMS},
        {**JOB, "params": {"circuits": "OPENQASM 3;"}},
        {**JOB, "params": {"circuits": {"first": CIRCUIT}, "circuit_ids": ["first"]}},
        {**JOB, "params": {"pubs": [["OPENQASM 3;"], ["x", [0.5], 10]], "version": 2}},
        {
            **JOB,
            "program_id": "estimator",
            "params": {"pubs": [["OPENQASM 3;", {"ZZ": 1}, None, 0.01]], "version": 2},
        },
        {"program_id": "mine", "backend": "any", "params": {"whatever": 1}},
    ],
)
def test_what_real_clients_send_is_taken_by_the_gate_alone(body: Any) -> None:
    contract = Contract.load("legacy-runtime")
    request = Request("POST", "host", "/jobs", body=json.dumps(body).encode())
    assert contract.operations["create_job"].read({}, request).sure
    assert submit(body).body == body


def test_query_values_are_cast_and_defaults_filled_in() -> None:
    query = "limit=10&offset=3&pending=true&tags=a&tags=b&provider=ibm-q%2Fopen%2Fmain&unknown=1"
    assert list_jobs(query).query == {
        "limit": 10,
        "offset": 3,
        "pending": True,
        "provider": "ibm-q/open/main",
        "sort": "DESC",
        "tags": ["a", "b"],
        "exclude_params": True,
    }


def test_what_is_absent_and_has_no_default_is_not_in_the_query() -> None:
    assert read("GET", "/backends").query == {}
    assert read("GET", "/jobs/x").query == {"exclude_params": False}


@pytest.mark.parametrize("text", ["true", "True", "1", "yes", "on", "Y", "t"])
def test_booleans_are_read_as_openapi_core_reads_them(text: str) -> None:
    assert list_jobs(f"pending={text}").query["pending"] is True


def test_of_a_repeated_single_parameter_the_first_counts() -> None:
    assert list_jobs("limit=5&limit=7").query["limit"] == 5


def test_a_body_that_nothing_declares_is_ignored() -> None:
    call = read("POST", "/jobs/x/cancel", body=b"not json", content_type="text/plain")
    assert call.body is None


@pytest.mark.parametrize(
    "kind", ["", "application/json", "APPLICATION/JSON", "application/json; charset=utf-8; x"]
)
def test_json_may_come_without_or_with_a_content_type(kind: str) -> None:
    assert submit(JOB, **({"content_type": kind} if kind else {})).body == JOB


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "a"])
def test_another_content_type_is_refused(kind: str) -> None:
    (problem,) = problems_of(submit, JOB, content_type=kind)
    assert problem == Problem(
        "content-type", "", "media-type", "the content-type must be application/json"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is required"),
        (b"{", "line 1, column 2"),
        (b'{"a":\n  1,}', "line 2, column"),
        (b"\xff{}", "not UTF-8: see byte 0"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"[1e999]", "too large"),
        (b"[" + b"1" * 5000 + b"]", "too long"),
        (b"[" * 100_000, "nested deeper than 128 levels"),
        (b"[" * 129 + b"]" * 129, "nested deeper than 128 levels"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "nested deeper than 128 levels"),
    ],
    ids=range(12),
)
def test_bytes_that_are_no_usable_json_are_refused(body: bytes, words: str) -> None:
    (problem,) = problems_of(submit, body)
    assert (problem.location, problem.field) == ("body", "")
    assert words in problem.message


def test_nesting_up_to_the_limit_is_taken() -> None:
    deep: Any = 1
    for _ in range(126):
        deep = [deep]
    body = {"program_id": "mine", "backend": "any", "params": {"deep": deep, "text": "[" * 999}}
    assert submit(body).body == body


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ([], "", "type"),
        (None, "", "type"),
        (changed(params=3), "params", "type"),
        (changed(params={}), "params.circuits", "required"),
        (changed(params={"circuits": []}), "params.circuits", "minItems"),
        (changed(params={"circuits": ""}), "params.circuits", "minLength"),
        (changed(params={"circuits": 5}), "params.circuits", "type"),
        (changed(params={"circuits": ["x", 5]}), "params.circuits[1]", "type"),
        (changed(params={"circuits": {"a": 1}}), "params.circuits.a", "type"),
        (changed(params={"pubs": [["x"]]}), "params.version", "required"),
        (changed(params={"pubs": [], "version": 2}), "params.pubs", "minItems"),
        (changed(program_id=""), "program_id", "minLength"),
        (changed(backend=None), "backend", "type"),
        (changed(cost=0), "cost", "minimum"),
        (changed(cost=28801), "cost", "maximum"),
        (changed(cost="5"), "cost", "type"),
        (changed(cost=True), "cost", "type"),
        (changed(session_time=1.5), "session_time", "type"),
        (changed(start_session="yes"), "start_session", "enum"),
        (changed(log_level="LOUD"), "log_level", "enum"),
        (changed(tags=["a"] * 9), "tags", "maxItems"),
        (changed(tags=["a", "b" * 25]), "tags[1]", "maxLength"),
        (changed(channel="x"), "channel", "additionalProperties"),
        (
            changed(params={"circuits": ["x"], "run_options": {"shots": 100001}}),
            "params.run_options.shots",
            "maximum",
        ),
        (
            changed(program_id="circuit-runner", params={"circuits": ["x"], "meas_return": "all"}),
            "params.meas_return",
            "enum",
        ),
        (
            changed(program_id="estimator", params={"circuits": ["x"]}),
            "params.observables",
            "required",
        ),
    ],
)
def test_every_fault_in_a_body_names_its_field(body: Any, field: str, rule: str) -> None:
    (problem,) = problems_of(submit, body)
    assert (problem.location, problem.field, problem.rule) == ("body", field, rule)
    assert problem.message.startswith(field or "the body")


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("limit=0", "limit", "minimum"),
        ("limit=201", "limit", "maximum"),
        ("limit=ten", "limit", "type"),
        ("limit=", "limit", "type"),
        ("limit=x&limit=5", "limit", "type"),
        ("offset=-1", "offset", "minimum"),
        ("pending=maybe", "pending", "type"),
        ("provider=a/b", "provider", "pattern"),
        ("provider=", "provider", "minLength"),
        ("sort=UP", "sort", "enum"),
        ("created_after=2023-09-11", "created_after", "format"),
        ("created_before=2023-02-30T00:00:00Z", "created_before", "format"),
        ("tags=a&tags=" + "b" * 25, "tags[1]", "maxLength"),
        ("tags=", "tags[0]", "minLength"),
    ],
)
def test_every_fault_in_a_query_names_its_field(query: str, field: str, rule: str) -> None:
    (problem,) = problems_of(list_jobs, query)
    assert (problem.location, problem.field, problem.rule) == ("query", field, rule)
    assert problem.message.startswith(field)


def test_every_fault_is_named_at_once() -> None:
    body = changed(cost=0, backend=1, typo=1)
    del body["project"]
    problems = problems_of(submit, body)
    assert {problem.field for problem in problems} == {"cost", "backend", "typo", "project"}
    assert str(InvalidRequest(problems)) == "; ".join(problem.message for problem in problems)


def test_messages_say_what_was_expected_and_what_came() -> None:
    wrong = changed(params={"circuits": ["x"], "run_option": {}}, cost="5", tags=["t"] * 9)
    assert sorted(problem.message for problem in problems_of(submit, wrong)) == [
        "cost must be an integer, not a string",
        "params.run_option is not a known key; did you mean run_options?",
        "tags has 9 entries; at most 8 are possible",
    ]


def test_text_that_was_sent_is_never_repeated() -> None:
    secret = "s3cret-t0ken"
    body = changed(log_level=secret, start_session=secret, cost=secret, params={"circuits": secret})
    query = f"sort={secret}&limit={secret}&provider={secret}&pending={secret}"
    problems = (*problems_of(submit, body), *problems_of(list_jobs, query))
    assert len(problems) == 7
    assert not [problem for problem in problems if secret in problem.message]


def test_a_thousand_faults_are_told_in_twenty_sentences() -> None:
    assert len(problems_of(submit, changed(params={"circuits": [1] * 1000}))) == 20


def test_a_long_key_is_shortened() -> None:
    (problem,) = problems_of(submit, changed(**{"k" * 500: 1}))
    assert problem.field == "k" * 60 + "..."
