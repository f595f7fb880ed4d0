"""Requests of the platform: what is taken as it is sent, and what is named as wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from dryshot.contract import Call, Contract, InvalidRequest, Problem
from dryshot.contract.wire import FORM
from dryshot.http import Request
from tests.contract.documents import examples

RUNTIME = "platform-runtime"
QASM = "OPENQASM 3.0; qubit[2] q;"
SAMPLER = {"pubs": [[QASM]], "version": 2}
ESTIMATOR = {"pubs": [[QASM, "ZZ"]], "version": 2}
LEARNER = {"circuits": [QASM]}
LEARNER_3 = {
    "schema_version": "v0.1",
    "instructions": {"circuit_b64": "UUlTS0lU", "qpy_version": 16},
    "options": {},
}
PROGRAM = {
    "shots": 4,
    "circuits": {"data": [QASM]},
    "items": [
        {
            "item_type": "circuit",
            "circuit_arguments": {"data": "eJwDAAAAAAE=", "shape": [0], "dtype": "f64"},
            "shape": [],
        }
    ],
}
EXECUTOR = {"schema_version": "v2.0", "quantum_program": PROGRAM, "options": {}}
FORM_TEXT = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=key"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/account:instance::"


def read(
    method: str, path: str, query: str = "", body: Any = b"", name: str = RUNTIME, **headers: str
) -> Call:
    contract = Contract.load(name)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    request = Request(method, "host", path, query=query, headers=named, body=raw)
    return contract.read_request(contract.match(method, path), request)


def submit(program: str = "sampler", params: Any = SAMPLER, **changes: Any) -> Call:
    job = {"program_id": program, "backend": "ibm_alderaan", "params": params, **changes}
    return read("POST", "/jobs", body={key: value for key, value in job.items() if value != ...})


def log_in(body: str, name: str = "content-type", kind: str = FORM) -> Call:
    return read("POST", "/identity/token", "", body.encode(), "platform-iam", **{name: kind})


def problems_of(function: Any, *args: Any, **kwargs: Any) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRequest) as refusal:
        function(*args, **kwargs)
    return refusal.value.problems


def within(params: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**params, **changes}.items() if value != ...}


def with_item(**changes: Any) -> dict[str, Any]:
    item = within(PROGRAM["items"][0], **changes)  # type: ignore[index]  # it is a list
    return within(EXECUTOR, quantum_program=within(PROGRAM, items=[item]))


@pytest.mark.parametrize(
    ("program", "params"),
    [
        ("sampler", {"pubs": [QASM]}),
        ("sampler", {"pubs": [[QASM, None, None]], "version": "2", "support_qiskit": False}),
        ("sampler", {"pubs": [[QASM, {"a": 1, "b": [1, 2]}, 20_000_000]], "shots": None}),
        ("sampler", {"pubs": [[QASM, [0.5, [1, 2]]]], "options": {"experimental": {"x": [1]}}}),
        ("estimator", {"pubs": [[QASM, {"ZZ": 1}, None, None]], "resilience_level": 0}),
        ("estimator", {"pubs": [[QASM, [["ZZ", {"XX": 0.5}]], [], 0.1]], "precision": None}),
        ("estimator", within(ESTIMATOR, options={"twirling": {"enable_gates": None}})),
        ("noise-learner", within(LEARNER, version=2, options={"support_qiskit": True})),
        ("noise-learner", LEARNER_3),
        ("executor", EXECUTOR),
        ("calibrate", {"schema_version": "v0.1", "options": {}}),
        ("circuit-runner", {"anything": 1}),
        ("qasm3-runner", {}),
        ("no-such-program", {}),
    ],
)
def test_what_the_service_takes_is_taken(program: str, params: Any) -> None:
    assert submit(program, params).body["params"] == params


@pytest.mark.parametrize(
    "changes",
    [
        {"log_level": "WARNING"},
        {"log_level": "info"},
        {"log_level": "Debug"},
        {"cost": 10_801},
        {"cost": 0},
        {"tags": ["é" * 86] * 8},
        {"private": False, "runtime": "image:tag", "calibration_id": "slow_gates"},
    ],
    ids=str,
)
def test_what_goes_with_a_job_is_taken(changes: dict[str, Any]) -> None:
    assert submit(**changes).body.items() >= changes.items()


def test_a_channel_partner_need_send_no_params() -> None:
    partner = examples(Contract.load(RUNTIME), "create_job")["partner"]
    assert "params" not in read("POST", "/jobs", body=partner).body


PARAMS_FAULTS = [
    ("sampler", within(SAMPLER, pubs=...), "pubs", "required"),
    ("sampler", within(SAMPLER, pubs=[]), "pubs", "minItems"),
    ("sampler", within(SAMPLER, pubs=[[QASM, None, 0]]), "pubs[0][2]", "minimum"),
    ("sampler", within(SAMPLER, pubs=[[QASM, None, 1, 1]]), "pubs[0]", "maxItems"),
    ("sampler", within(SAMPLER, pubs=[5]), "pubs[0]", "type"),
    ("sampler", within(SAMPLER, version=1), "version", "enum"),
    ("sampler", within(SAMPLER, option={}), "option", "additionalProperties"),
    (
        "sampler",
        within(SAMPLER, options={"twirling": {"strategy": "none"}}),
        "options.twirling.strategy",
        "enum",
    ),
    (
        "sampler",
        within(SAMPLER, options={"resilience": {}}),
        "options.resilience",
        "additionalProperties",
    ),
    ("estimator", within(ESTIMATOR, pubs=[[QASM]]), "pubs[0]", "minItems"),
    ("estimator", within(ESTIMATOR, resilience_level=3), "resilience_level", "maximum"),
    ("estimator", within(ESTIMATOR, precision=0), "precision", "exclusiveMinimum"),
    (
        "estimator",
        within(ESTIMATOR, options={"resilience": {"zne": {"amplifier": "none"}}}),
        "options.resilience.zne.amplifier",
        "enum",
    ),
    ("noise-learner", {}, "circuits", "required"),
    (
        "noise-learner",
        within(LEARNER, options={"layer_pair_depths": [-1]}),
        "options.layer_pair_depths[0]",
        "minimum",
    ),
    ("noise-learner", within(LEARNER_3, schema_version="v9.9"), "schema_version", "enum"),
    (
        "noise-learner",
        within(LEARNER_3, instructions={"circuit_b64": "a", "qpy_version": 17}),
        "instructions.qpy_version",
        "maximum",
    ),
    (
        "noise-learner",
        within(LEARNER_3, options={"init_qubits": True}),
        "options.init_qubits",
        "additionalProperties",
    ),
    ("executor", within(EXECUTOR, schema_version=...), "schema_version", "required"),
    ("executor", within(EXECUTOR, options=...), "options", "required"),
    (
        "executor",
        within(EXECUTOR, quantum_program=within(PROGRAM, shots=0)),
        "quantum_program.shots",
        "minimum",
    ),
    ("executor", with_item(item_type="other"), "quantum_program.items[0].item_type", "enum"),
    ("executor", with_item(shape=...), "quantum_program.items[0].shape", "required"),
    ("executor", with_item(chunk_size=0), "quantum_program.items[0].chunk_size", "minimum"),
    ("executor", with_item(item_type="samplex"), "quantum_program.items[0].samplex", "required"),
    ("calibrate", {"schema_version": "v0.1"}, "options", "required"),
]


@pytest.mark.parametrize(("program", "params", "field", "rule"), PARAMS_FAULTS)
def test_every_fault_in_params_names_its_field(
    program: str, params: Any, field: str, rule: str
) -> None:
    problems = problems_of(submit, program, params)
    assert (f"params.{field}", rule) in [(problem.field, problem.rule) for problem in problems]
    assert {problem.location for problem in problems} == {"body"}


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"program": "x", "program_id": ...}, "program_id", "required"),
        ({"program_id": ""}, "program_id", "minLength"),
        ({"backend": ...}, "backend", "required"),
        ({"backend": "b" * 10_001}, "backend", "maxLength"),
        ({"params": ...}, "params", "required"),
        ({"cost": -1}, "cost", "minimum"),
        ({"cost": 1.5}, "cost", "type"),
        ({"tags": ["a"] * 9}, "tags", "maxItems"),
        ({"tags": ["a" * 87]}, "tags[0]", "maxLength"),
        ({"log_level": "LOUD"}, "log_level", "enum"),
        ({"session_id": "s" * 37}, "session_id", "maxLength"),
        ({"runtime": "image"}, "runtime", "pattern"),
        ({"start_session": True}, "start_session", "additionalProperties"),
        ({"remote_storage": {"results": {}}}, "remote_storage.results.object_name", "required"),
    ],
    ids=str,
)
def test_every_fault_of_a_job_names_its_field(
    changes: dict[str, Any], field: str, rule: str
) -> None:
    found = [(problem.field, problem.rule) for problem in problems_of(submit, **changes)]
    assert (field, rule) in found


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "/jobs/x/tags", {}, "tags"),
        ("PUT", "/jobs/x/tags", {"tags": "a"}, "tags"),
        ("POST", "/sessions", {"backend": "b"}, "mode"),
        ("POST", "/sessions", {"mode": "job"}, "mode"),
        ("POST", "/sessions", {"mode": "batch", "max_ttl": 0}, "max_ttl"),
        ("PATCH", "/sessions/x", {"accepting_jobs": "no"}, "accepting_jobs"),
        ("PUT", "/instances/configuration", {"instance_limit": 0}, "instance_limit"),
        ("PUT", "/instances/configuration", {}, "instance_limit"),
    ],
)
def test_every_other_body_is_checked_too(method: str, path: str, body: Any, field: str) -> None:
    assert [problem.field for problem in problems_of(read, method, path, body=body)] == [field]


def test_a_limit_out_of_range_is_left_to_the_service() -> None:
    assert read("GET", "/jobs", "limit=9999&offset=-5").query["limit"] == 9999
    assert read("GET", "/jobs").query == {
        "limit": 200,
        "offset": 0,
        "sort": "DESC",
        "exclude_params": True,
    }


@pytest.mark.parametrize(
    ("path", "query", "field", "rule"),
    [
        ("/jobs", "limit=ten", "limit", "type"),
        ("/jobs", "sort=up", "sort", "enum"),
        ("/jobs", "created_after=2026-09-03", "created_after", "format"),
        ("/jobs", "&".join(["tags=a"] * 9), "tags", "maxItems"),
        ("/tags", "type=job&search=ab", "search", "minLength"),
        ("/tags", "type=job", "search", "required"),
        ("/tags", "type=session&search=abc", "type", "enum"),
        ("/backends", "fields=all", "fields", "enum"),
        ("/backends/b/properties", "updated_before=now", "updated_before", "format"),
        ("/workloads", "limit=51", "limit", "maximum"),
        ("/workloads", "status=failed&status=odd", "status[1]", "enum"),
        ("/analytics/usage", "subscription_id=x", "subscription_id[0]", "format"),
        ("/analytics/usage_grouped", "", "group_by", "required"),
        ("/analytics/usage_grouped_by_date", "group_by=plan", "group_by", "enum"),
    ],
)
def test_every_fault_in_a_query_names_its_field(
    path: str, query: str, field: str, rule: str
) -> None:
    (problem,) = problems_of(read, "GET", path, query)
    assert (problem.location, problem.field, problem.rule) == ("query", field, rule)


def test_headers_that_are_declared_are_read_and_may_be_absent() -> None:
    assert read("GET", "/backends").headers == {}
    call = read("GET", "/backends", service_crn=CRN, ibm_api_version="no date", other="x")
    assert call.headers == {"Service-CRN": CRN, "IBM-API-Version": "no date"}


def test_a_crn_in_a_path_is_decoded() -> None:
    path = f"/v2/resource_instances/{quote(CRN, safe='')}"
    assert read("GET", path, name="platform-resources").path == {"id": CRN}


def test_a_form_is_read() -> None:
    assert log_in(f"{FORM_TEXT}&response_type=cloud_iam&more=1&apikey=other").body == {
        "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
        "apikey": "key",
        "response_type": "cloud_iam",
    }


@pytest.mark.parametrize("kind", ["", FORM.upper(), f"{FORM}; charset=utf-8"])
def test_a_form_may_come_without_or_with_a_content_type(kind: str) -> None:
    assert log_in(FORM_TEXT, kind=kind).body["apikey"] == "key"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_a_form_of_another_content_type_is_refused(kind: str) -> None:
    message = "the content-type must be application/x-www-form-urlencoded"
    assert problems_of(log_in, FORM_TEXT, kind=kind) == (
        Problem("content-type", "", "media-type", message),
    )


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ("", "", "required"),
        ("apikey=key", "grant_type", "required"),
        (FORM_TEXT.partition("&")[0], "apikey", "required"),
        (FORM_TEXT.replace("=key", "="), "apikey", "minLength"),
        (FORM_TEXT.replace("urn", "nru"), "grant_type", "enum"),
        (f"{FORM_TEXT}&response_type=x", "response_type", "enum"),
    ],
)
def test_every_fault_in_a_form_names_its_field(body: str, field: str, rule: str) -> None:
    (problem,) = problems_of(log_in, body)
    assert (problem.location, problem.field, problem.rule) == ("body", field, rule)


def test_a_form_that_is_no_text_is_refused() -> None:
    (problem,) = problems_of(read, "POST", "/identity/token", "", b"\xff=1", "platform-iam")
    assert "not UTF-8: see byte 0" in problem.message


def test_an_api_key_is_never_repeated() -> None:
    secret = "s3cret-k3y"
    problems = problems_of(log_in, f"grant_type={secret}&response_type={secret}&{secret}={secret}")
    assert {problem.field for problem in problems} == {"grant_type", "response_type", "apikey"}
    assert not [problem for problem in problems if secret in problem.message]
