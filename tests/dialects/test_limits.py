"""The documented limits, over HTTP: each with its error, and each to be lifted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dryshot import Limits, Mock, Pace
from dryshot.commands.options import declare_world
from dryshot.server.records import StateError
from dryshot.server.worlds import Worlds
from tests.dialects.classic import AUTH, JOB, RUNTIME
from tests.dialects.platform import LATEST, sampler
from tests.world.worlds import echo

CLOUD = "https://quantum.cloud.ibm.com/api/v1"
OPEN, PREMIUM = "open", "premium"


@contextmanager
def caller(
    dialect: str, plan: str = PREMIUM, key: str = "key", mock: Mock | None = None, **limits: Any
) -> Iterator[tuple[Mock, httpx.Client]]:
    mock = mock or Mock(engine=echo, limits=Limits(**limits), pace=Pace(0, 0))
    with httpx.Client(transport=mock.transport()) as http:
        if dialect == "classic":
            http.base_url = httpx.URL(RUNTIME)
            answer = http.post(f"{AUTH}/users/loginWithToken", json={"apiToken": key}).json()
            http.headers["x-access-token"] = answer["id"]
        else:
            http.base_url = httpx.URL(CLOUD)
            token = mock.world.platform.issue_token(key)
            instances = mock.world.platform.instances(token.account)
            crn = next(one.crn for one in instances if one.plan.name == plan)
            named = {
                "authorization": f"Bearer {token.value}",
                "service-crn": crn,
                "ibm-api-version": LATEST,
            }
            http.headers.update(named)
        yield mock, http


def body(dialect: str, **fields: Any) -> dict[str, Any]:
    return JOB | fields if dialect == "classic" else sampler(**fields)


def refused(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["errors"][0]["code"]


both = pytest.mark.parametrize("dialect", ["classic", "platform"])


@both
def test_the_sixth_submission_within_a_minute_is_refused_until_that_is_over(dialect: str) -> None:
    with caller(dialect, submissions_per_minute=5) as (mock, http), mock.clock.freeze():
        for _ in range(5):
            assert http.post("/jobs", json=body(dialect)).status_code == 200
            mock.clock.advance(2)
        answer = http.post("/jobs", json=body(dialect))
        assert refused(answer) == (429, 1202)
        error = answer.json()["errors"][0]
        assert error["message"] == (
            "Too many job create requests received: the limit is 5 per minute."
        )
        assert error["solution"] == "Lower the request rate and try again."
        assert answer.headers["retry-after"] == "50"
        assert len(mock.world.jobs) == 5
        mock.clock.advance(49.999)
        again = http.post("/jobs", json=body(dialect))
        assert (again.status_code, again.headers["retry-after"]) == (429, "1")
        mock.clock.advance(0.001)
        assert http.post("/jobs", json=body(dialect)).status_code == 200
        assert refused(http.post("/jobs", json=body(dialect))) == (429, 1202)


@both
def test_submissions_that_are_refused_do_not_count(dialect: str) -> None:
    with caller(dialect, submissions_per_minute=1) as (mock, http), mock.clock.freeze():
        for _ in range(3):
            refusal = http.post("/jobs", json=body(dialect, backend="ibm_nowhere"))
            assert refusal.status_code in {400, 404}
        assert http.post("/jobs", json=body(dialect)).status_code == 200
        assert refused(http.post("/jobs", json=body(dialect))) == (429, 1202)


@both
def test_each_user_has_a_minute_of_their_own(dialect: str) -> None:
    with caller(dialect, submissions_per_minute=1) as (mock, http), mock.clock.freeze():
        assert http.post("/jobs", json=body(dialect)).status_code == 200
        with caller(dialect, key="another", mock=mock) as (_, other):
            assert other.post("/jobs", json=body(dialect)).status_code == 200
        assert http.post("/jobs", json=body(dialect)).status_code == 429


@both
def test_any_number_may_be_submitted_unless_the_limit_is_asked_for(dialect: str) -> None:
    with caller(dialect) as (mock, http), mock.clock.freeze():
        for _ in range(9):
            assert http.post("/jobs", json=body(dialect)).status_code == 200


@both
def test_tags_are_limited_in_number_and_in_length(dialect: str) -> None:
    longest = {"classic": 24, "platform": 86}[dialect]
    with caller(dialect) as (_, http):
        assert http.post("/jobs", json=body(dialect, tags=["t" * longest] * 8)).status_code == 200
        many = http.post("/jobs", json=body(dialect, tags=["t"] * 9))
        long = http.post("/jobs", json=body(dialect, tags=["t" * (longest + 1)]))
    assert (refused(many), refused(long)) == ((400, 1204), (400, 1205))


@both
def test_the_limits_of_tags_can_be_lifted_or_be_others(dialect: str) -> None:
    tags = ["t" * 200] * 20
    with caller(dialect, tags=None, tag_length=None) as (_, http):
        job = http.post("/jobs", json=body(dialect, tags=tags)).json()["id"]
        assert http.get(f"/jobs/{job}").json()["tags"] == tags
        assert http.put(f"/jobs/{job}/tags", json={"tags": tags * 2}).status_code == 204
    with caller(dialect, tags=2, tag_length=3) as (_, http):
        assert http.post("/jobs", json=body(dialect, tags=["abc", "b"])).status_code == 200
        assert refused(http.post("/jobs", json=body(dialect, tags=["a"] * 3))) == (400, 1204)
        assert refused(http.post("/jobs", json=body(dialect, tags=["abcd"]))) == (400, 1205)
    with caller(dialect) as (_, http):
        assert refused(http.post("/jobs", json=body(dialect, tags=tags))) == (400, 1205)


@pytest.mark.parametrize(
    ("plan", "limits", "asked", "got"),
    [
        (PREMIUM, {}, None, 10_800),
        (PREMIUM, {}, 20_000, 10_800),
        (PREMIUM, {"cost": 100}, 20_000, 100),
        (PREMIUM, {"cost": 100}, None, 100),
        (PREMIUM, {"cost": None}, 20_000, 20_000),
        (OPEN, {}, None, 600),
        (OPEN, {}, 20_000, 600),
        (OPEN, {"plans": False}, 20_000, 10_800),
        (OPEN, {"plans": False, "cost": None}, 20_000, 20_000),
        (OPEN, {"cost": None}, 20_000, 600),
    ],
)
def test_a_cost_above_the_limit_is_shortened(
    plan: str, limits: dict[str, Any], asked: int | None, got: int
) -> None:
    with caller("platform", plan, **limits) as (_, http):
        given = {} if asked is None else {"cost": asked}
        job = http.post("/jobs", json=sampler(**given)).json()["id"]
        assert http.get(f"/jobs/{job}").json()["cost"] == got


@both
def test_a_payload_above_the_limit_is_refused(dialect: str) -> None:
    small = len(httpx.Request("POST", "https://x", json=body(dialect)).content)
    with caller(dialect, payload_bytes=small) as (mock, http):
        assert http.post("/jobs", json=body(dialect)).status_code == 200
        answer = http.post("/jobs", json=body(dialect, tags=["t"]))
        assert refused(answer) == (400, 1208)
        assert f"at most {small} are taken" in answer.json()["errors"][0]["message"]
        assert len(mock.world.jobs) == 1


def test_payloads_may_be_of_50_mb_or_of_any_size() -> None:
    half = 25 * 1024 * 1024
    lifted: dict[str, Any] = {"payload_bytes": None}
    for limits, status in (({}, 400), (lifted, 200)):
        with caller("platform", **limits) as (_, http):
            params = {"pubs": [["x" * half * 2]], "version": 2}
            assert http.post("/jobs", json=sampler(params=params)).status_code == status


@pytest.mark.filterwarnings("ignore::dryshot.engines.StubResultWarning")
def test_more_than_ten_million_shots_fail_unless_the_limit_is_lifted() -> None:
    qasm = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
    params = {"pubs": [[qasm, None, 6000], [qasm, None, 6000]], "version": 2}

    def end(shots: int | None, factor: int = 1) -> dict[str, Any]:
        limits = Limits() if shots == 0 else Limits(shots=shots)
        mock = Mock(engine="stub", limits=limits, pace=Pace(0, 0))
        given = {**params, "pubs": [[*pub[:2], pub[2] * factor] for pub in params["pubs"]]}  # type: ignore[attr-defined]
        with caller("platform", mock=mock) as (_, http):
            job = http.post("/jobs", json=sampler(params=given)).json()["id"]
            state: dict[str, Any] = http.get(f"/jobs/{job}").json()["state"]
            return state

    too_many = end(0, factor=1000)
    assert (too_many["status"], too_many["reason_code"]) == ("Failed", 1520)
    assert "12000000, exceeds the system limit 10000000" in too_many["reason"]
    assert end(10_000)["reason_code"] == 1520
    assert end(12_000)["status"] == end(None)["status"] == "Completed"


def test_plans_restrict_sessions_and_calibrations_unless_that_is_off() -> None:
    session = {"mode": "dedicated", "backend": "ibm_torino", "max_ttl": 28_000}
    slow = "/backends/ibm_torino/configuration?calibration_id=slow_gates"
    with caller("platform", OPEN) as (_, http):
        assert refused(http.post("/sessions", json=session)) == (400, 1352)
        batch = http.post("/sessions", json=session | {"mode": "batch"})
        assert batch.json()["max_ttl"] == 600
        assert http.get(slow).status_code == 403
    with caller("platform", OPEN, plans=False) as (_, http):
        assert http.post("/sessions", json=session).json()["max_ttl"] == 28_000
        assert http.get(slow).status_code == 200


def test_used_up_instances_wait_or_refuse_or_go_on() -> None:
    ends = {}
    for usage in ("queue", "refuse", None):
        with caller("platform", OPEN, usage=usage) as (mock, http):
            token = mock.world.platform.issue_token("key")
            instances = mock.world.platform.instances(token.account)
            mock.world.platform.charge(next(i for i in instances if i.plan.name == OPEN), 600)
            answer = http.post("/jobs", json=sampler())
            if usage == "refuse":
                assert refused(answer) == (409, 4317)
            else:
                job = http.get(f"/jobs/{answer.json()['id']}").json()
                ends[usage] = job["state"]["status"]
    assert ends == {"queue": "Queued", None: "Completed"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tag": 3}, "there is no limit 'tag'; there are submissions_per_minute, tags,"),
        ({"tags": 0}, "limits.tags is 0; it is a whole number from 1, or None"),
        ({"shots": True}, "limits.shots is True; "),
        ({"cost": "many"}, "limits.cost is 'many'; "),
        ({"plans": None}, "limits.plans is None; it is True or False"),
        ({"usage": "ignore"}, "limits.usage is 'ignore'; it is 'queue', 'refuse' or None"),
    ],
)
def test_a_limit_that_is_none_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Limits.of(values)


def test_a_mock_tells_its_limits() -> None:
    assert Mock(limits=Limits(tags=3)).limits.changes == {"tags": 3}
    assert Mock(max_body_bytes=100).limits == Limits(payload_bytes=100)
    assert Mock().limits == Limits.of({})


def limit_of(*options: str) -> Limits:
    parser = argparse.ArgumentParser()
    declare_world(parser, clock="wall")
    return Limits.of(dict(parser.parse_args(options).limit))


def test_the_command_line_sets_limits() -> None:
    given = ["tags=off", "plans=off", "cost=60", "usage=refuse", "submissions_per_minute=5"]
    options = [text for one in given for text in ("--limit", one)]
    wanted = Limits(tags=None, plans=False, cost=60, usage="refuse", submissions_per_minute=5)
    assert limit_of(*options) == wanted
    assert limit_of() == Limits()
    assert limit_of("--limit", "plans=on") == Limits()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tags", "'tags' is not NAME=VALUE"),
        ("tag=3", "there is no limit 'tag'"),
        ("tags=many", "limits.tags is 'many'"),
        ("tags=0", "limits.tags is 0"),
    ],
)
def test_the_command_line_names_what_is_wrong(
    capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    with pytest.raises(SystemExit):
        limit_of("--limit", text)
    assert message in capsys.readouterr().err


def test_a_state_is_of_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "state"
    strict = Worlds(clock="virtual", engine=echo, limits=Limits(submissions_per_minute=5))
    strict.open_state(path).close()
    strict.open_state(path).close()
    with pytest.raises(StateError, match="limits"):
        Worlds(clock="virtual", engine=echo).open_state(path)
