"""What the notebook's repository recorded of the classic service, from its first version on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot.engines import AerEngine
from dryshot.mock import Mock
from dryshot.world import IdSource, Outcome, Task
from dryshot.world.classic import EraName
from dryshot.world.ids import XidFields, decode_xid
from tests.dialects.classic import AUTH, HGP, RUNTIME, log_in
from tests.server_stream.rooms import Heard, ack, hear_by_websockets, room, standing
from tests.world.worlds import echo

INVALID = Path(__file__).parents[2] / "fixtures" / "classic" / "invalid_credentials.json"
LATER = str.maketrans("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv")
X_GATE = (
    '\nOPENQASM 3;\ninclude "stdgates.inc";\nqreg q[1];\ncreg c[1];\nx q[0];\n'
    "c[0] = measure q[0]; \n"
)
SEED_RESULT = (
    '{"quasi_dists":[{"0":0.0010648129545545889,"1":0.9989351870454455}],"metadata":['
    '{"shots":4000,"readout_mitigation_overhead":1.009828346656723,'
    '"readout_mitigation_time":0.18535281000367831}]}'
)
MARCH_ALONE = (
    '{"quasi_dists":[{"0":-0.015310037859408642,"1":1.0153100378594087}],"metadata":['
    '{"shots":4000,"circuit_metadata":{},"readout_mitigation_overhead":1.733130625518517,'
    '"readout_mitigation_time":0.020670877769589424}]}'
)
MARCH_IN_SESSION = (
    '{"quasi_dists":[{"0":0.010314490848417368,"1":0.9896855091515826}],"metadata":['
    '{"shots":4000,"circuit_metadata":{},"readout_mitigation_overhead":1.6714627828497903,'
    '"readout_mitigation_time":0.0071028415113687515}]}'
)
MITIGATED = ["readout_mitigation_overhead", "readout_mitigation_time"]
TOO_LATE = (
    '{"errors":[{"message":"Request validation of body failed, because: Starting a session using'
    " the /jobs endpoint will no longer be supported after March 31, 2024. If you are using"
    " qiskit-ibm-runtime, please upgrade it before this date. If you are calling the API directly,"
    ' please use the /sessions endpoint instead.","code":1208,'
    '"more_info":"https://docs.quantum-computing.ibm.com/errors"}]}'
)
REFUSED_IN_MARCH = (
    '{"errors":[{"code":1201,"message":"Invalid credentials.",'
    '"solution":"Verify your credentials and try again.",'
    '"more_info":"https://cloud.ibm.com/apidocs/quantum-computing#error-handling"}],"trace":"'
)


def job(backend: str, **fields: Any) -> dict[str, Any]:
    body = {"program_id": "sampler", "backend": backend, "params": {"circuits": [X_GATE]}}
    return body | HGP | fields


def fields_of(recorded: str, era: EraName) -> XidFields:
    return decode_xid(recorded if era == "2023-09" else recorded.translate(LATER))


@contextmanager
def at_the_making_of(
    recorded: str, era: EraName, *, before: int = 2, **settings: Any
) -> Iterator[httpx.Client]:
    """A user, logged in, of the clock and the process that made the id ``before`` requests on."""
    made = fields_of(recorded, era)
    mock = Mock(
        clock=made.created - timedelta(seconds=before),
        ids=IdSource(made.machine, made.pid, made.counter),
        era=era,
        **({"engine": echo} | settings),
    )
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as user:
        user.headers["x-access-token"] = log_in(user)["id"]
        yield user


@contextmanager
def user_of(era: EraName, engine: Any) -> Iterator[httpx.Client]:
    world = Mock(era=era, engine=engine)
    with httpx.Client(transport=world.transport(), base_url=RUNTIME) as user:
        user.headers["x-access-token"] = log_in(user)["id"]
        yield user


class Telling:
    """An engine that gives a recorded result, as the engines do that know of no era."""

    def __init__(self, *recorded: str) -> None:
        self._left = list(recorded)

    def __call__(self, _task: Task, /) -> Outcome:
        body = json.loads(self._left.pop(0))
        for told in body["metadata"]:
            told.pop("circuit_metadata", None)
        return Outcome(failed=False, body=json.dumps(body, separators=(",", ":")))


def results(user: httpx.Client, backend: str, **fields: Any) -> str:
    """The text of a job's results, once it has run."""
    answer = user.post("/jobs", json=job(backend, **fields))
    assert answer.status_code == 200, answer.text
    for _ in range(2):
        user.get(f"/jobs/{answer.json()['id']}")
    return user.get(f"/jobs/{answer.json()['id']}/results").text


def test_september_2023_goes_as_the_notebook_has_it() -> None:
    seed = "cjvks5fp8blo0kgog530"
    engine = Telling(SEED_RESULT)
    with at_the_making_of(seed, "2023-09", before=4, engine=engine) as user:
        listed = user.get("/programs", headers={"x-access-token": ""}).json()["programs"]
        assert [one["id"] for one in listed] == [
            "qasm3-runner",
            "sampler",
            "estimator",
            "circuit-runner",
        ]
        assert user.get("/backends").json()["devices"][:5] == [
            "simulator_stabilizer",
            "simulator_extended_stabilizer",
            "simulator_statevector",
            "simulator_mps",
            "simulator_stabilizer",
        ]
        created = user.post("/jobs", json=job("ibm_wellington"))
        assert (created.status_code, created.text) == (
            200,
            '{"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}',
        )
        assert user.get(f"/jobs/{seed}").json()["state"] == {"status": "Running"}
        assert user.get(f"/jobs/{seed}").json()["state"] == {"status": "Completed"}
        assert user.get(f"/jobs/{seed}/results").text == SEED_RESULT
        left = user.post(f"{AUTH}/users/logout")
        assert (left.is_success, left.text) == (True, "")
    assert fields_of(seed, "2023-09") == XidFields(1694453269, 0xF942EB, 32850, 1605958)


def test_the_seed_makes_the_seeds_id_without_being_told() -> None:
    with user_of("2023-09", echo) as user:
        user.get("/programs")
        user.get("/backends")
        created = user.post("/jobs", json=job("ibm_wellington"))
    assert created.text == '{"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}'


@pytest.mark.parametrize(
    ("recorded", "era"),
    [
        ("ckr4vtnnetonc3t62v5g", "2023-09"),
        ("cn4e4ptp1am0008qbr1g", "2023-11"),
        ("cqt1zh688ev000811h70", "2024-03"),
    ],
)
def test_the_recorded_ids_of_jobs_are_made_again(recorded: str, era: EraName) -> None:
    with at_the_making_of(recorded, era) as user:
        assert user.post("/jobs", json=job("ibm_peekskill", start_session="False")).text == (
            f'{{"id":"{recorded}","backend":"ibm_peekskill"}}'
        )


def test_a_job_of_november_2023_begins_the_recorded_session() -> None:
    with at_the_making_of("cn9rrnt0vr7g008m3c40", "2023-11") as user:
        fields = {"start_session": "True", "params": {"circuits": [X_GATE] * 5}}
        assert user.post("/jobs", json=job("ibm_kyiv", **fields)).text == (
            '{"id":"cn9rrnt0vr7g008m3c40","backend":"ibm_kyiv","session_id":"cn9rrnt0vr7g008m3c40"}'
        )
        state = user.get("/jobs/cn9rrnt0vr7g008m3c40").json()["state"]
        assert state == {"status": "Running"}
        closed = user.delete("/sessions/cn9rrnt0vr7g008m3c40/close")
        assert (closed.status_code, closed.text) == (204, "")


def test_a_session_of_march_2024_is_opened_before_its_job() -> None:
    engine = Telling(MARCH_IN_SESSION)
    with at_the_making_of("cqt1zyzch2mg008qtzkg", "2024-03", engine=engine) as user:
        wanted = {"backend": "ibm_peekskill", "instance": "/".join(HGP.values())}
        assert user.post("/sessions", json=wanted).text == '{"id":"cqt1zyzch2mg008qtzkg"}'
        made = user.post("/jobs", json=job("ibm_peekskill", session_id="cqt1zyzch2mg008qtzkg"))
        assert made.text == (
            f'{{"id":"{made.json()["id"]}","backend":"ibm_peekskill",'
            '"session_id":"cqt1zyzch2mg008qtzkg"}'
        )
        user.get(f"/jobs/{made.json()['id']}")
        state = user.get(f"/jobs/{made.json()['id']}").json()["state"]
        assert json.dumps(state) == '{"status": "Completed", "reason": "", "reasonCode": null}'
        assert user.get(f"/jobs/{made.json()['id']}/results").text == MARCH_IN_SESSION
        closed = user.delete("/sessions/cqt1zyzch2mg008qtzkg/close")
        assert (closed.is_success, closed.text) == (True, "")


def test_a_result_of_march_2024_has_its_keys_in_the_recorded_order() -> None:
    with user_of("2024-03", Telling(MARCH_ALONE)) as user:
        assert results(user, "ibm_peekskill", start_session="False") == MARCH_ALONE


def test_the_programs_of_march_2024_are_in_the_recorded_order() -> None:
    with user_of("2024-03", echo) as user:
        listed = [one["id"] for one in user.get("/programs").json()["programs"]]
    assert listed == ["circuit-runner", "estimator", "sampler", "qasm3-runner"]


@pytest.mark.parametrize(
    ("era", "backend", "keys"),
    [
        ("2023-09", "ibm_wellington", ["shots", *MITIGATED]),
        ("2023-11", "ibm_kyiv", ["shots", "circuit_metadata", *MITIGATED]),
        ("2023-11", "ibmq_qasm_simulator", ["shots", *MITIGATED, "circuit_metadata"]),
    ],
)
def test_five_circuits_are_told_of_in_the_recorded_order(
    era: EraName, backend: str, keys: list[str]
) -> None:
    with user_of(era, AerEngine()) as user:
        body = json.loads(results(user, backend, params={"circuits": [X_GATE] * 5}))
    assert list(body) == ["quasi_dists", "metadata"]
    assert len(body["quasi_dists"]) == 5
    assert [list(told) for told in body["metadata"]] == [keys] * 5
    if "simulator" in backend:
        assert body["quasi_dists"] == [{"1": 1.0}] * 5
        assert all(told["readout_mitigation_overhead"] == 1.0 for told in body["metadata"])


def test_an_estimate_of_2024_has_the_recorded_form() -> None:
    qasm = 'OPENQASM 3; include "stdgates.inc"; qreg q[2]; x q[0]; cx q[0], q[1];'
    params = {"pubs": [[qasm, {"ZI": 1, "XZ": 2.3}, None]], "version": 2}
    with user_of("2024-03", AerEngine()) as user:
        body = json.loads(results(user, "ibm_kyiv", program_id="estimator", params=params))
    (first,) = body["results"]
    assert list(first) == ["data", "metadata"]
    assert list(first["data"]) == ["evs", "stds", "ensemble_standard_error"]
    assert json.dumps(first["metadata"]) == (
        '{"shots": 4096, "target_precision": 0.015625, "circuit_metadata": {}, "resilience": {}, '
        '"num_randomizations": 32}'
    )


def test_the_samples_of_2024_have_the_recorded_form() -> None:
    params = {"pubs": [[X_GATE]], "version": 2}
    with user_of("2024-03", AerEngine()) as user:
        body = json.loads(results(user, "ibmq_qasm_simulator", params=params))
    assert body == {
        "results": [
            {
                "data": {"c": {"samples": ["0x1"] * 4096, "num_bits": 1}},
                "metadata": {"circuit_metadata": {}},
            }
        ],
        "metadata": {"version": 2},
    }


@pytest.mark.parametrize("era", ["2023-09", "2023-11"])
def test_after_a_log_out_everything_is_refused_in_the_recorded_words(era: EraName) -> None:
    with user_of(era, echo) as user:
        assert user.post(f"{AUTH}/users/logout").text == ""
        assert user.post(f"{AUTH}/users/logout").status_code == 401
        refused = user.post("/jobs", json=job("ibmq_qasm_simulator"))
    assert (refused.status_code, refused.content) == (401, INVALID.read_bytes())


def test_in_march_2024_a_refusal_names_the_request() -> None:
    with user_of("2024-03", echo) as user:
        assert user.post(f"{AUTH}/users/logout").text == ""
        assert user.post(f"{AUTH}/users/logout").status_code == 401
        refused = user.post("/jobs", json=job("ibmq_qasm_simulator"))
    assert refused.status_code == 401
    assert refused.text.startswith(REFUSED_IN_MARCH)
    assert refused.text == f'{REFUSED_IN_MARCH}{refused.json()["trace"]}"}}'
    assert len(refused.json()["trace"]) == 20


def test_in_march_2024_no_job_begins_a_session() -> None:
    with user_of("2024-03", echo) as user:
        refused = user.post("/jobs", json=job("ibmq_qasm_simulator", start_session=True))
    assert (refused.status_code, refused.text) == (400, TOO_LATE)


@pytest.mark.parametrize(
    ("era", "sent"),
    [
        ("2023-09", ['{"quasi_dists": [{"1": 1.0}], "metadata": [{"shots": 2}]}']),
        ("2023-11", []),
        ("2024-03", []),
    ],
)
def test_a_stream_says_that_it_hears_and_ends_with_1000(era: EraName, sent: list[str]) -> None:
    world = standing(era=era)
    with room(world) as user:
        made = user.submit()
        world.clock.advance(10)
        heard = hear_by_websockets(user.stream_url(made), user.headers)
    assert heard == Heard([ack(made), *sent], 1000)
