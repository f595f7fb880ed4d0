"""A session in a notebook, known by what it printed, is played to the last digit."""

from __future__ import annotations

from typing import Any

import httpx

from dryshot import Player
from tests.dialects.classic import AUTH, HGP, RUNTIME
from tests.recording.recordings import Tape, origins

ID = "cjvks5fp8blo0kgog530"
QASM = """
OPENQASM 3;
include "stdgates.inc";
qreg q[1];
creg c[1];
x q[0];
c[0] = measure q[0];
"""
SUBMISSION = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    **HGP,
    "params": {"circuits": [QASM]},
}
CREATED = '{"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}'
RESULTS = (
    '{"quasi_dists": [{"0": 0.0010648129545545889, "1": 0.9989351870454455}], "metadata": '
    '[{"shots": 4000, "readout_mitigation_overhead": 1.009828346656723, '
    '"readout_mitigation_time": 0.18535281000367831}]}'
)
AUTH_HOST = "auth.quantum-computing.ibm.com"


def notebook() -> Tape:
    programs = [{"id": name} for name in ("qasm3-runner", "sampler", "estimator", "circuit-runner")]
    devices = ["simulator_stabilizer", "simulator_extended_stabilizer", "simulator_statevector"]
    job = {"id": ID, "backend": "ibm_wellington", "program": {"id": "sampler"}}
    tape = Tape()
    tape.add(0, "GET /programs", {"programs": programs})
    login = {"id": "a pseudonym", "ttl": 1209600}
    tape.add(1, "POST /api/users/loginWithToken", login, body={"apiToken": "x"}, host=AUTH_HOST)
    tape.add(2, "GET /backends", {"devices": devices})
    tape.add(3, "POST /jobs", CREATED, body=SUBMISSION)
    tape.add(4, f"GET /jobs/{ID}", {**job, "state": {"status": "Running"}})
    tape.add(5, f"GET /jobs/{ID}", {**job, "state": {"status": "Completed"}})
    tape.add(6, f"GET /jobs/{ID}/results", RESULTS)
    tape.add(7, "POST /api/users/logout", status=204, host=AUTH_HOST)
    return tape


def run(player: Player) -> dict[str, Any]:
    with httpx.Client(base_url=RUNTIME, transport=player.transport()) as http:
        seen: dict[str, Any] = {"programs": http.get("/programs").json()["programs"]}
        login = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "my own"})
        http.headers["x-access-token"] = login.json()["id"]
        seen["devices"] = http.get("/backends").json()["devices"]
        seen["created"] = http.post("/jobs", json=SUBMISSION).text
        seen["state"] = http.get(f"/jobs/{ID}").json()["state"]
        http.get(f"/jobs/{ID}")
        seen["results"] = http.get(f"/jobs/{ID}/results").text
        seen["logout"] = http.post(f"{AUTH}/users/logout").text
        return seen


def test_the_notebook_prints_what_it_printed() -> None:
    player = notebook().play(strict=True)
    seen = run(player)
    assert seen["created"] == CREATED
    assert seen["state"] == {"status": "Running"}
    assert seen["results"] == RESULTS
    assert seen["logout"] == ""
    assert [one["id"] for one in seen["programs"]][1] == "sampler"
    assert seen["devices"][0] == "simulator_stabilizer"
    assert player.unused == []
    assert {origin for _, origin in origins(player)} == {"recorded", "mock"}


def test_a_notebook_whose_cells_were_run_more_often_has_the_same_numbers() -> None:
    player = notebook().play(strict=True)
    run(player)
    player.clock.advance(3600)
    with httpx.Client(base_url=RUNTIME, transport=player.transport()) as http:
        login = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": "my own"})
        http.headers["x-access-token"] = login.json()["id"]
        again = http.post("/jobs", json={**SUBMISSION, "tags": ["again"]}).json()["id"]
        assert again != ID
        player.clock.advance(60)
        assert http.get(f"/jobs/{again}/results").text == RESULTS
        assert http.get(f"/jobs/{ID}/results").text == RESULTS
