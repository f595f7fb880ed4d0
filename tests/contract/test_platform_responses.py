"""Answers of the platform: every version's form is allowed, and nothing between the forms."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from dryshot.contract import Contract
from dryshot.contract.schemas import Schemas
from dryshot.errors import SpecDrift
from dryshot.http import Response
from dryshot.world.devices import catalogue, snapshots
from tests.contract.documents import responses
from tests.world.chips import CALIBRATED

CONTRACT = Contract.load("platform-runtime")
SCHEMAS = Schemas(CONTRACT.document)
USAGE = {"qpu_charge_time_seconds": 2, "status": "complete"}
OLD_USAGE = {"quantum_seconds": 2, "seconds": 2}
TRACE = "5f0c2e9a-41d7-4b88-9e6d-7c1a3b5f8e20"
STAMPS = {"created": "2026-09-03T08:14:02.518733Z", "running": None, "finished": None}
OBJECTS = {"devices": [{"name": "ibm_x", "status": {"name": "online"}, "queue_length": 0}]}
NAMES = {"devices": ["ibm_x"]}


def forms_of(value: Any, *names: str) -> list[str]:
    """Those of the named schemas that a value fits."""
    return [n for n in names if SCHEMAS.compile(f"/components/schemas/{n}").is_valid(value)]


def check(id_: str, status: int, body: Any, kind: str = "application/json") -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, {"content-type": kind}, raw)
    CONTRACT.check_response(CONTRACT.operations[id_], response)


def example(id_: str, status: str, title: str) -> Any:
    found = dict(responses(CONTRACT, CONTRACT.operations[id_]))[status]
    return copy.deepcopy(found["content"]["application/json"]["examples"][title]["value"])


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (NAMES, "BackendNames"),
        (OBJECTS, "BackendObjects"),
        ({"devices": [*NAMES["devices"], *OBJECTS["devices"]]}, None),
    ],
)
def test_devices_are_listed_by_name_or_as_objects(value: Any, form: str | None) -> None:
    fitting = forms_of(value, "BackendNames", "BackendObjects")
    assert fitting == ([form] if form else [])
    assert forms_of(value, "BackendList") == (["BackendList"] if form else [])


USAGES = ("Usage", "UsageOf20260315", "UsageBefore20260315")


@pytest.mark.parametrize(
    ("usage", "form"),
    [
        (USAGE, "Usage"),
        ({**USAGE, "circuits_execution_time_ns": 5}, "UsageOf20260315"),
        (OLD_USAGE, "UsageBefore20260315"),
        ({"seconds": 2}, "UsageBefore20260315"),
        ({**USAGE, **OLD_USAGE}, None),
    ],
)
def test_what_a_job_used_is_told_in_one_versions_way(
    usage: Mapping[str, Any], form: str | None
) -> None:
    assert forms_of(usage, *USAGES) == ([form] if form else [])
    job = {**example("get_job", "200", "queued"), "usage": usage}
    assert forms_of(job, "Job") == (["Job"] if form else [])


METRICS = ("Metrics", "MetricsOf20260315", "MetricsBefore20260315")


@pytest.mark.parametrize(
    ("metrics", "form"),
    [
        ({"usage": USAGE, "circuits_execution_time_ns": 5}, "Metrics"),
        ({"usage": USAGE}, "Metrics"),
        ({"usage": {**USAGE, "circuits_execution_time_ns": 5}}, "MetricsOf20260315"),
        ({"usage": OLD_USAGE, "bss": {"seconds": 2}}, "MetricsBefore20260315"),
        ({"usage": OLD_USAGE}, None),
        ({"usage": USAGE, "bss": {"seconds": 2}}, None),
    ],
)
def test_metrics_have_one_versions_form(metrics: dict[str, Any], form: str | None) -> None:
    whole = {"timestamps": STAMPS, **metrics}
    assert forms_of(whole, *METRICS) == ([form] if form else [])
    assert forms_of(whole, "JobMetrics") == (["JobMetrics"] if form else [])


RESULTS = {
    "sampler_plain": "SamplerResult",
    "sampler_qiskit": "EncodedPrimitiveResult",
    "estimator_plain": "EstimatorResult",
    "estimator_qiskit": "EncodedPrimitiveResult",
    "noise_learner_v2": "NoiseLearnerResult",
    "noise_learner_v3": "NoiseLearnerResultV3S02",
    "executor_v2_0": "ExecutorResultS20",
    "executor_v0_2": "ExecutorResultS02",
    "calibrate": "CalibrateResult",
}
FORMS = [
    part["$ref"].rpartition("/")[2]
    for part in CONTRACT.document["components"]["schemas"]["Result"]["anyOf"]
]


@pytest.mark.parametrize(("title", "form"), RESULTS.items())
def test_every_result_has_one_form(title: str, form: str) -> None:
    assert forms_of(example("get_job_results_jid", "200", title), *FORMS) == [form]


@pytest.mark.parametrize("version", ["v1.0", "v1.1", "v0.1"])
def test_the_other_versions_of_an_executors_result_have_forms_too(version: str) -> None:
    result = {
        **example("get_job_results_jid", "200", "executor_v0_2"),
        "schema_version": version,
    }
    if version == "v0.1":
        del result["passthrough_data"]
        result["data"][0]["metadata"] = None
    (form,) = forms_of(result, *FORMS)
    assert form == f"ExecutorResultS{version[1]}{version[3]}"


def test_a_failed_jobs_result_is_text_and_a_cancelled_one_has_none() -> None:
    check("get_job_results_jid", 200, b"Traceback ...", "text/plain")
    CONTRACT.check_response(CONTRACT.operations["get_job_results_jid"], Response(204))


def test_an_error_may_have_a_number_or_a_text_for_code() -> None:
    error = {"message": "device not found"}
    for code in (1291, "not_found"):
        check("get_job", 404, {"errors": [{"code": code, **error}], "trace": TRACE})
    check("get_job", 404, {"errors": [{"code": 1, **error}], "trace": "d9k2m4t0c7vs73f1q8ag"})


FULL = {
    "code": 1200,
    "message": "no",
    "solution": "none",
    "more_info": "https://cloud.ibm.com/apidocs/quantum-computing",
}


@pytest.mark.parametrize("id_", ["get_usage", "find_instance_workloads", "analytics_usage"])
def test_usage_workloads_and_analytics_leave_nothing_out_of_an_error(id_: str) -> None:
    check(id_, 401, {"errors": [FULL], "trace": TRACE})
    for missing in ("solution", "more_info"):
        less = {key: value for key, value in FULL.items() if key != missing}
        with pytest.raises(SpecDrift, match=f"{missing} is required"):
            check(id_, 401, {"errors": [less], "trace": TRACE})
    with pytest.raises(SpecDrift, match="code must be a number"):
        check(id_, 401, {"errors": [{**FULL, "code": "not_found"}], "trace": TRACE})


@pytest.mark.parametrize(
    ("id_", "status", "body", "words"),
    [
        ("create_job", 200, {"id": "a b", "backend": "x"}, "id does not match"),
        ("create_job", 200, {"id": "a", "backend": "x", "private": False}, "private must be True"),
        ("get_backend_status", 200, {"state": True}, "length_queue is required"),
        ("list_jobs", 200, {"jobs": [], "limit": 2, "offset": 0}, "count is required"),
        ("list_backends", 200, b'{"devices": NaN}', "NaN is not a JSON number"),
        ("get_job_results_jid", 200, b'{"results": NaN}', "results must be an array"),
    ],
)
def test_other_answers_are_drift(id_: str, status: int, body: Any, words: str) -> None:
    with pytest.raises(SpecDrift, match=words):
        check(id_, status, body)


def test_a_state_never_says_that_a_job_ran_too_long() -> None:
    job = example("get_job", "200", "ran_too_long")
    assert forms_of(job, "Job") == ["Job"]
    assert forms_of({**job, "state": {"status": job["status"]}}, "Job") == []


GENERATED = catalogue(seed=0, calibrated=CALIBRATED)


@pytest.mark.parametrize("name", GENERATED)
def test_our_devices_fit(name: str) -> None:
    check("get_backend_configuration", 200, GENERATED[name].configuration)
    check("get_backend_properties", 200, GENERATED[name].properties)


@pytest.mark.parametrize(
    "name",
    # one of each kind: the oldest, one qubit, simulator-like, Falcon, Eagle, Heron, Nighthawk
    ["melbourne", "armonk", "almaden", "lagos", "montreal", "sherbrooke", "fez", "miami"],
)
def test_real_devices_fit(name: str) -> None:
    pytest.importorskip("qiskit_ibm_runtime")
    backend = snapshots()[f"fake_{name}"]
    check("get_backend_configuration", 200, backend.configuration)
    check("get_backend_properties", 200, backend.properties)


def test_a_gate_with_one_more_key_is_drift() -> None:
    configuration = example("get_backend_configuration", "200", "heron")
    configuration = {**configuration, "gates": [{**configuration["gates"][0], "extra": 1}]}
    with pytest.raises(SpecDrift, match="extra is not a known key"):
        check("get_backend_configuration", 200, configuration)
