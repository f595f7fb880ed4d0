"""Each ready-made scenario does what its name says, in both services where it concerns both."""

from __future__ import annotations

import httpx
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]  # its types are a package of their own
from jsonschema import (  # type: ignore[import-untyped, unused-ignore]  # the same
    Draft202012Validator,
)

from dryshot import Mock
from dryshot.scenarios import find, names, schema, text_of
from tests.scenarios.stage import engine, seen, tell
from tests.server_admin.rooms import IAM, PLATFORM

BOTH = pytest.mark.parametrize("service", ["platform", "classic"])


def test_there_are_ten_and_each_says_what_it_is_for() -> None:
    assert names() == [
        *("busy-queue", "expired-key", "flaky-network", "lost-responses", "maintenance-day"),
        *("quiet", "quota-exhausted", "rate-limited", "session-storm", "slow-results"),
    ]
    assert all(find(name).description for name in names())


@pytest.mark.parametrize("name", names())
def test_what_comes_with_it_is_as_the_schema_wants_it(name: str) -> None:
    Draft202012Validator.check_schema(schema())
    assert list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(text_of(name)))) == []


@BOTH
def test_quiet_ends_whatever_was_set(service: str) -> None:
    mock = Mock(engine=engine, scenario=["flaky network", "quota exhausted"])
    mock.play("quiet")
    assert (len(mock.faults), len(mock.world.trouble)) == (0, 0)
    with seen(mock, service) as caller:
        assert caller.machine()["status"] == "active"
        job = caller.submit().json()["id"]
        mock.clock.advance(5)
        assert caller.status(job) == "Completed"
        assert caller.get(f"/jobs/{job}/results").status_code == 200
    assert [entry.fault for entry in mock.journal if entry.fault] == []


@BOTH
def test_in_a_busy_queue_jobs_wait_ten_minutes(service: str) -> None:
    mock = Mock(engine=engine, scenario="busy queue")
    start = mock.clock.now()
    with seen(mock, service) as caller, mock.clock.freeze():
        job = caller.submit().json()["id"]
        mock.clock.advance(start.timestamp() + 300 - mock.clock.time())
        assert caller.machine()["length_queue"] == 30 + 1
        mock.clock.advance(299)
        assert caller.status(job) == "Queued"
        mock.clock.advance(60)
        assert caller.status(job) == "Completed"
        assert caller.machine()["length_queue"] == 0


@BOTH
def test_on_a_maintenance_day_devices_pause_and_come_back_calibrated(service: str) -> None:
    mock = Mock(engine=engine, scenario="maintenance-day")
    start = mock.clock.now()
    with seen(mock, service) as caller, mock.clock.freeze():
        path = f"/backends/{caller.backend}/properties"
        before = caller.get(path).json()
        assert caller.machine()["status"] == "active"
        mock.clock.advance(3600)
        caller.log_in()
        assert caller.machine()["status"] == "maintenance"
        job = caller.submit().json()["id"]
        mock.clock.advance(3600)
        caller.log_in()
        other = "ibm_fez" if caller.platform else "ibm_kyoto"
        assert caller.get(f"/backends/{other}/status").json()["status"] == "offline"
        mock.clock.advance(3600)
        caller.log_in()
        assert caller.get(f"/backends/{other}/status").json()["status"] == "active"
        assert caller.status(job) == "Queued"
        mock.clock.advance_to(start.replace(hour=start.hour + 5))
        caller.log_in()
        assert caller.machine()["status"] == "active"
        assert caller.status(job) == "Completed"
        assert caller.get(path).json()["last_update_date"] > before["last_update_date"]


@BOTH
def test_on_a_flaky_network_calls_fail_in_every_way_as_the_seed_has_it(service: str) -> None:
    def outcomes(seed: int) -> list[str]:
        mock = Mock(engine=engine)
        with seen(mock, service) as caller:
            mock.play("flaky network", seed=seed)
            found = []
            for _ in range(150):
                try:
                    found.append(str(caller.get("/backends").status_code))
                except httpx.TransportError as error:
                    found.append(type(error).__name__)
        return found

    first = outcomes(7)
    assert set(first) == {
        *("200", "503", "520", "ReadError", "RemoteProtocolError", "ConnectTimeout", "ReadTimeout"),
    }
    assert 90 < first.count("200") < 140
    assert outcomes(7) == first
    assert outcomes(8) != first


@BOTH
def test_the_sixth_submission_of_a_minute_is_one_too_many(service: str) -> None:
    mock = Mock(engine=engine, scenario="rate_limited")
    with seen(mock, service) as caller, mock.clock.freeze():
        assert [caller.submit().status_code for _ in range(5)] == [200] * 5
        refused = caller.submit()
        assert tell(refused) == (429, 1202)
        assert refused.headers["retry-after"] == "60"
        mock.clock.advance(60)
        assert caller.submit().status_code == 200


@pytest.mark.parametrize(
    ("service", "answer"), [("platform", (409, 4317)), ("classic", (403, 4317))]
)
def test_with_an_exhausted_quota_no_job_is_taken(service: str, answer: tuple[int, int]) -> None:
    with seen(Mock(engine=engine, scenario="quota exhausted"), service) as caller:
        assert tell(caller.submit()) == answer
        assert caller.get("/backends").status_code == 200


@BOTH
def test_an_expired_key_opens_nothing_and_its_tokens_are_dead(service: str) -> None:
    mock = Mock(engine=engine)
    with seen(mock, service) as caller:
        assert caller.get("/backends").status_code == 200
        with mock.play("Expired Key"):
            assert caller.get("/backends").status_code == 401
            form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key"}
            assert caller.http.post(IAM, data=form).status_code == 400
    with pytest.raises(KeyError), seen(Mock(scenario="expired-key"), service):
        pass


def test_in_a_session_storm_each_minute_closes_every_session() -> None:
    mock = Mock(engine=engine, scenario="session storm")
    body = {"mode": "dedicated", "backend": "ibm_torino"}
    with seen(mock, "platform") as caller, mock.clock.freeze():

        def opened() -> str:
            url = f"{PLATFORM}/sessions"
            return str(caller.http.post(url, headers=caller.headers, json=body).json()["id"])

        for _ in range(3):
            session = opened()
            assert caller.get(f"/sessions/{session}").json()["accepting_jobs"] is True
            mock.clock.advance(60)
            found = caller.get(f"/sessions/{session}").json()
            assert (found["state"], found["accepting_jobs"]) == ("closed", False)
            assert tell(caller.submit(session_id=session)) == (409, 1217)
        mock.clock.advance(600)
        session = opened()
        mock.clock.advance(120)
        assert caller.get(f"/sessions/{session}").json()["state"] != "closed"


@BOTH
def test_with_lost_responses_jobs_are_there_of_which_nobody_was_told(service: str) -> None:
    mock = Mock(engine=engine, scenario="lost responses")
    told = []
    with seen(mock, service) as caller:
        for number in range(1, 7):
            if number in {1, 3, 5}:
                with pytest.raises(httpx.RemoteProtocolError):
                    caller.submit()
            else:
                told.append(caller.submit().json()["id"])
        jobs = caller.get("/jobs").json()
    assert (len(told), len(mock.world.jobs), len(jobs["jobs"])) == (3, 6, 6)
    assert [entry.fault for entry in mock.journal if entry.fault] == ["lose_response"] * 3


@BOTH
def test_slow_results_take_their_time(service: str) -> None:
    mock = Mock(engine=engine, scenario="slow results")
    with seen(mock, service) as caller:
        job = caller.submit().json()["id"]
        mock.clock.advance(5)
        for _ in range(2):
            before = mock.clock.time()
            assert caller.get(f"/jobs/{job}/results").status_code == 200
            assert 18 <= mock.clock.time() - before <= 22
        assert list(mock.journal)[-1].fault == "slow"
