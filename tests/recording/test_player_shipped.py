"""The shipped cassettes, read from disk and played, and how a player refuses wherever it stands."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import requests

import dryshot
from dryshot import Player, Unrecorded
from dryshot.http import Response
from dryshot.recording.calls import LOG_INS
from dryshot.recording.files import read_cassette
from tests.dialects.classic import AUTH, JOB, RUNTIME
from tests.recording.recordings import origins

ROOT = Path(__file__).parents[2]
CASSETTES = ROOT / "fixtures" / "cassettes"
NAMES = ("seed", "classic", "platform")
DEVICES = [f"simulator_{kind}" for kind in ("stabilizer", "extended_stabilizer", "statevector")]
NUMBERS = (
    "{'quasi_dists': [{'0': 0.0010648129545545889, '1': 0.9989351870454455}], 'metadata': "
    "[{'shots': 4000, 'readout_mitigation_overhead': 1.009828346656723, "
    "'readout_mitigation_time': 0.18535281000367831}]}"
)


def shipped(name: str, *, strict: bool = True) -> Player:
    return Player(read_cassette(CASSETTES / f"{name}.yaml"), strict=strict, engine="stub")


@pytest.mark.parametrize("strict", [False, True])
def test_the_notebooks_cells_print_the_notebooks_numbers(
    capsys: pytest.CaptureFixture[str], *, strict: bool
) -> None:
    player = shipped("seed", strict=strict)
    with player.activate():
        runpy.run_path(str(ROOT / "examples" / "classic_requests.py"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "['qasm3-runner', 'sampler', 'estimator', 'circuit-runner']"
    assert lines[2].startswith(str(DEVICES)[:-1])
    refused = (ROOT / "fixtures" / "classic" / "invalid_credentials.json").read_text()
    assert lines[3:] == [
        '200 {"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}',
        "{'status': 'Running'}",
        NUMBERS,
        "logged out: True ''",
        f"401 {refused}",
    ]
    assert {origin for _, origin in origins(player)} == {"recorded", "mock"}
    assert player.unused == []


def credentials(answer: Response) -> Mapping[str, str]:
    """What the next requests need after a log-in."""
    told = json.loads(answer.body)
    if "access_token" in told:
        return {"authorization": f"Bearer {told['access_token']}"}
    return {"x-access-token": told["id"]}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_what_was_asked_is_answered_again_byte_for_byte(name: str, *, strict: bool) -> None:
    player = shipped(name, strict=strict)
    own: dict[str, str] = {}
    (cassette,) = player.cassettes
    for one in cassette.interactions:
        player.clock.advance(max(0.0, (one.at - player.clock.now()).total_seconds()))
        kept = {key: own.get(key, text) for key, text in one.request.headers.items()}
        answer = player(replace(one.request, headers=kept))
        assert answer.status == one.response.status
        if one.operation in LOG_INS:
            own |= credentials(answer)
        else:
            assert answer.body == one.response.body, one
    assert player.unused == []


def test_a_served_player_says_what_it_refuses() -> None:
    with dryshot.serve(shipped("seed")) as server:
        url = f"{server.url}/runtime"
        body = {"apiToken": "any"}
        login = requests.post(f"{server.url}/api/users/loginWithToken", json=body, timeout=30)
        headers = {"x-access-token": login.json()["id"]}
        assert requests.get(f"{url}/programs", timeout=30).status_code == 200
        refused = requests.get(f"{url}/jobs/abc", headers=headers, timeout=30)
        changed = requests.post(f"{url}/jobs", headers=headers, json=JOB, timeout=30)
        assert requests.get(f"{url}/programs", timeout=30).status_code == 200
    assert (refused.status_code, refused.json()["dryshot"]["status"]) == (501, 501)
    assert "GET /jobs/abc was never recorded" in refused.json()["dryshot"]["detail"]
    assert changed.status_code == 501
    assert "POST /jobs was never recorded. The nearest" in changed.json()["dryshot"]["detail"]


def test_over_asgi_a_refusal_is_an_answer_of_its_own() -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(shipped("seed").asgi())
        async with httpx.AsyncClient(transport=transport, base_url=RUNTIME) as http:
            return await http.post(f"{AUTH}/users/nobody")

    answer = asyncio.run(ask())
    assert answer.status_code == 501
    assert "/api/users/nobody was never recorded" in answer.json()["dryshot"]["detail"]


def test_in_the_process_a_refusal_is_raised_to_who_asks() -> None:
    player = shipped("seed")
    with player.activate(), pytest.raises(Unrecorded, match="GET /nowhere was never recorded"):
        requests.get(f"{RUNTIME}/nowhere", timeout=30)
    with (
        httpx.Client(transport=player.transport()) as http,
        pytest.raises(Unrecorded, match="GET /nowhere was never recorded"),
    ):
        http.get(f"{RUNTIME}/nowhere")

    async def ask() -> None:
        async with httpx.AsyncClient(transport=player.async_transport()) as http:
            await http.get(f"{RUNTIME}/nowhere")

    with pytest.raises(Unrecorded, match="GET /nowhere was never recorded"):
        asyncio.run(ask())


IN_ANOTHER_ORDER = """
    import os
    import pytest

    QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; {} $0; c[0] = measure $0;'

    @pytest.mark.costs(1)
    def test_it(runtime):
        how = os.environ.get("HOW", "recorded")
        pub = [QASM.format("h" if how == "changed" else "x"), None, 10]
        params = {"pubs": [pub], "version": 2}
        if how == "more":
            runtime.instances.usage()
        job = runtime.jobs.create(program="sampler", backend="ibm_fez", params=params).id
        if how == "more":
            runtime.jobs.wait(job)
            runtime.jobs.metrics(job)
            assert [runtime.jobs.get(job).status for _ in range(9)] == ["Completed"] * 9
        if how == "recorded":
            list(runtime.jobs.list())
            runtime.jobs.get(job)
            runtime.jobs.wait(job)
            runtime.jobs.metrics(job)
            runtime.instances.usage()
        if how == "fewer":
            runtime.jobs.wait(job)
        assert runtime.jobs.results(job)["results"]
"""


@pytest.mark.heavy
def test_a_test_that_asks_otherwise_passes_and_one_with_another_circuit_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(IN_ANOTHER_ORDER)

    def run(*options: str) -> pytest.RunResult:
        plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess(*plugins, *options)

    run("--dryshot-target=mock", "--dryshot-record=all").assert_outcomes(passed=1)
    for how in ("more", "fewer", "recorded", "changed"):
        monkeypatch.setenv("HOW", how)
        result = run("--dryshot-target=replay", "--dryshot-replay=strict")
        changed = how == "changed"
        result.assert_outcomes(passed=not changed, failed=changed)
    result.stdout.fnmatch_lines(
        [
            "*POST /jobs was never recorded. The nearest recorded call is POST /jobs; *",
            "*params/pubs/0/0: the circuit differs",
            "*-x $0;",
            "*+h $0;",
        ]
    )
