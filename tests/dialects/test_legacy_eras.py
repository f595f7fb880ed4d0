from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

import httpx
import pytest

from dryshot.commands import run, serve
from dryshot.dialects.legacy.eras import ERAS
from dryshot.http import Endpoint, Request
from dryshot.mock import Mock
from dryshot.server.composition import compose
from dryshot.server.worlds import Worlds
from dryshot.world import IdSource, Outcome, Pace, Task
from dryshot.world.classic import EraName
from tests.dialects.classic import HGP, JOB, QASM, RUNTIME, error, log_in, submit
from tests.world.worlds import echo

NAMES: tuple[EraName, ...] = get_args(EraName)
PUBS = {"pubs": [[QASM, None, 10]], "version": 2}
SESSION = {"backend": "ibm_wellington", "instance": "/".join(HGP.values())}
JSON = {"content-type": "application/json"}
BASE32 = frozenset("0123456789abcdefghijklmnopqrstuv")
LATER = frozenset("0123456789abcdefghjkmnpqrstvwxyz")


def fail(_task: Task) -> Outcome:
    return Outcome(failed=True, body="Traceback: no", reason="no", reason_code=3211)


@contextmanager
def client_of(era: EraName, **settings: Any) -> Iterator[httpx.Client]:
    mock = Mock(era=era, **({"engine": echo} | settings))
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as client:
        client.headers["x-access-token"] = log_in(client)["id"]
        yield client


@pytest.fixture(params=NAMES)
def era(request: pytest.FixtureRequest) -> EraName:
    name: EraName = request.param
    return name


@pytest.fixture
def user(era: EraName) -> Iterator[httpx.Client]:
    with client_of(era) as client:
        yield client


def test_the_notebooks_era_is_the_usual_one() -> None:
    assert Mock(engine=echo).world.era == "2023-09"
    assert Worlds(engine=echo).settings == Worlds(engine=echo, era="2023-09").settings
    assert tuple(ERAS) == NAMES


@pytest.mark.parametrize("make", [Mock, Worlds])
def test_an_era_that_there_is_not_is_named(make: Any) -> None:
    with pytest.raises(ValueError, match=r"^era: '2019' is none of 2023-09, 2023-11, 2024-03$"):
        make(era="2019", engine=echo)


def test_the_settings_of_a_state_file_tell_the_era() -> None:
    told = [Worlds(engine=echo, era=name).settings.get("era") for name in NAMES]
    assert told == [None, "2023-11", "2024-03"]


def test_served_worlds_are_of_the_era_that_was_asked_for(era: EraName) -> None:
    served = Worlds(engine=echo, clock="virtual", era=era).tenants()
    key = json.dumps({"apiToken": "key"}).encode()
    login = served(Request("POST", "127.0.0.1", "/api/users/loginWithToken", "", JSON, key))
    headers = JSON | {"x-access-token": json.loads(login.body)["id"]}
    created = ask(served, "POST", "/jobs", headers, JOB)
    state = ask(served, "GET", f"/jobs/{created['id']}", headers)["state"]
    assert ("reasonCode" in state) == (era == "2024-03")


def test_the_option_of_dryshot_serve_and_run_is_the_same_setting(era: EraName) -> None:
    for command in (serve, run):
        parser = argparse.ArgumentParser()
        command.declare(parser)
        assert parser.parse_args([]).era is None
        assert parser.parse_args(["--era", era]).era == era
        with pytest.raises(SystemExit):
            parser.parse_args(["--era", "2019"])
    parser = argparse.ArgumentParser()
    serve.declare(parser)
    asked = parser.parse_args(["--era", era, "--engine", "stub", "--clock", "virtual"])
    with compose(asked) as (served, _):
        programs = json.loads(served(Request("GET", "127.0.0.1", "/programs")).body)["programs"]
    assert (programs[0]["id"] == "circuit-runner") == (era == "2024-03")


def ask(served: Endpoint, method: str, path: str, headers: Any, body: Any = None) -> Any:
    content = b"" if body is None else json.dumps(body).encode()
    answer = served(Request(method, "127.0.0.1", path, "", headers, content))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_a_state_without_a_reason_says_so_from_2024(user: httpx.Client, era: EraName) -> None:
    made = submit(user)
    more = {"reason": "", "reasonCode": None} if era == "2024-03" else {}
    for status in ("Running", "Completed"):
        assert user.get(f"/jobs/{made}").json()["state"] == {"status": status} | more


def test_a_reason_is_told_in_every_era(era: EraName) -> None:
    with client_of(era, engine=fail, pace=Pace(0, 0)) as user:
        state = user.get(f"/jobs/{submit(user)}").json()["state"]
    assert state == {"status": "Failed", "reason": "no", "reasonCode": 3211, "reason_code": 3211}


def test_a_job_tells_more_of_itself_from_2024(user: httpx.Client, era: EraName) -> None:
    made = submit(user)
    bodies = [user.get(f"/jobs/{made}").json() for _ in range(2)]
    more = {"ended", "private", "user_id"}
    if era != "2024-03":
        assert not more & bodies[1].keys()
        assert bodies[1]["created"] == "2023-09-11T17:27:47.000000Z"
        return
    assert [body["ended"] for body in bodies] == [None, "2023-09-11T17:27:48.500Z"]
    assert bodies[1]["created"] == "2023-09-11T17:27:47.000Z"
    assert (bodies[1]["private"], len(bodies[1]["user_id"])) == (False, 24)
    assert user.get("/jobs").json()["jobs"][0]["ended"] == "2023-09-11T17:27:48.500Z"


def test_ids_are_in_the_alphabet_of_their_era(user: httpx.Client, era: EraName) -> None:
    ids = [submit(user) for _ in range(9)]
    opened = user.post("/sessions", json=SESSION).json()["id"]
    assert set("".join([*ids, opened])) <= (BASE32 if era == "2023-09" else LATER)
    assert [user.get(f"/jobs/{made}").status_code for made in ids] == [200] * 9
    assert user.get(f"/sessions/{opened}").json()["id"] == opened


def test_the_ids_of_the_platform_know_no_eras() -> None:
    made = []
    for name in NAMES:
        mock = Mock(engine=echo, era=name, ids=IdSource())
        made.append(mock.world.platform._commons.new_id())  # noqa: SLF001 - what jobs are named by
    assert made == ["cjvks4fp8blo0kgog530"] * 3


def test_a_job_begins_a_session_until_2024(user: httpx.Client, era: EraName) -> None:
    for start in (True, "True"):
        answer = user.post("/jobs", json=JOB | {"start_session": start})
        if era == "2024-03":
            assert error(answer)[:2] == (400, 1208)
            assert "please use the /sessions endpoint instead" in error(answer)[2]
        else:
            assert answer.json()["session_id"] == answer.json()["id"]
    for start in (False, "False"):
        answer = user.post("/jobs", json=JOB | {"start_session": start})
        assert list(answer.json()) == ["id", "backend"]
    assert user.get("/jobs").json()["count"] == (2 if era == "2024-03" else 4)


def test_a_session_is_opened_before_its_jobs_in_every_era(user: httpx.Client) -> None:
    opened = user.post("/sessions", json=SESSION).json()["id"]
    joined = user.post("/jobs", json=JOB | {"session_id": opened}).json()
    assert joined["session_id"] == opened


def test_inputs_of_version_2_are_known_from_2024(user: httpx.Client, era: EraName) -> None:
    answer = user.post("/jobs", json=JOB | {"params": PUBS})
    if era == "2024-03":
        assert answer.status_code == 200
    else:
        assert error(answer)[:2] == (400, 1208)
        assert error(answer)[2].startswith("params.version: ")
        assert user.get("/jobs").json()["count"] == 0


def test_the_sampler_tells_of_circuits_from_november_2023(era: EraName) -> None:
    told = {"shots": 2, "circuit_metadata": {}} if era != "2023-09" else {"shots": 2}
    for backend in ("ibmq_qasm_simulator", "ibm_wellington"):
        with client_of(era, pace=Pace(0, 0)) as user:
            body = user.get(f"/jobs/{submit(user, backend=backend)}/results").json()
        assert body == {"quasi_dists": [{"1": 1.0}], "metadata": [told]}


def test_the_order_of_programs_is_its_eras(user: httpx.Client, era: EraName) -> None:
    first = ["qasm3-runner", "sampler", "estimator", "circuit-runner"]
    third = ["circuit-runner", "estimator", "sampler", "qasm3-runner"]
    body = user.get("/programs").json()
    assert [one["id"] for one in body["programs"]] == (third if era == "2024-03" else first)


def test_a_refusal_of_2024_has_a_trace_and_no_two_have_the_same() -> None:
    with client_of("2024-03") as user:
        bodies = [user.get("/jobs/nothing").json() for _ in range(2)]
    assert all(list(body) == ["errors", "trace"] for body in bodies)
    assert bodies[0]["trace"] != bodies[1]["trace"]
    with client_of("2024-03") as user:
        assert user.get("/jobs/nothing").json() == bodies[0]


def test_before_2024_no_refusal_has_a_trace() -> None:
    with client_of("2023-11") as user:
        assert list(user.get("/jobs/nothing").json()) == ["errors"]


def test_a_request_of_2024_that_is_not_valid_is_told_why_and_no_solution() -> None:
    with client_of("2024-03") as user:
        in_body = user.post("/jobs", json=JOB | {"tags": ["x"] * 9}).json()
        in_query = user.get("/jobs", params={"limit": "x"}).json()
    for body, where, code in ((in_body, "body", 1204), (in_query, "query", 1208)):
        assert list(body) == ["errors"]
        assert list(body["errors"][0]) == ["message", "code", "more_info"]
        assert body["errors"][0]["code"] == code
        start = f"Request validation of {where} failed, because: "
        assert body["errors"][0]["message"].startswith(start)
