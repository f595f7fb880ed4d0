"""Worlds whose starting state is declared, seen through the world's own methods and the API."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.platform import RUNTIME
from dryshot import Mock
from dryshot.errors import DryshotError
from dryshot.world.starting import BadDeclaration
from tests.dialects import classic
from tests.dialects.platform import log_in, one
from tests.world.platforms import Place


def look(mock: Mock, job_id: str, part: str = "") -> httpx.Response:
    with httpx.Client(transport=mock.transport()) as http:
        headers = log_in(http)
        return http.get(f"{RUNTIME}/jobs/{job_id}{part}", headers=headers)


@pytest.mark.parametrize("state", ["Queued", "Running", "Completed", "Cancelled", "Failed"])
def test_a_job_of_every_state_is_there_for_the_api(state: str) -> None:
    mock = Mock(engine=one)
    job = mock.world.add_job(
        state=state, account="key", instance="premium-instance", tags=["declared"]
    )
    found = look(mock, job.id).json()
    assert (found["status"], found["tags"]) == (state, ["declared"])
    assert look(mock, job.id, "/metrics").status_code == 200


def test_a_completed_job_has_its_results_and_its_charge() -> None:
    mock = Mock(engine=one)
    data = {"c": {"samples": ["0x1"], "num_bits": 1}}
    result = {"results": [{"data": data, "metadata": {}}], "metadata": {"version": 2}}
    job = mock.world.add_job(
        state="Completed", account="key", instance="premium-instance", results=result, usage=30
    )
    assert look(mock, job.id, "/results").json() == result
    instance = mock.world.platform.instance_of(job)
    assert mock.world.platform.usage(instance).consumed == 30


def test_a_failed_job_says_why_in_the_words_of_its_code() -> None:
    mock = Mock(engine=one)
    given = {"account": "key", "instance": "premium-instance"}
    job = mock.world.add_job(state="Failed", reason_code=1517, **given)  # type: ignore[arg-type]
    assert look(mock, job.id).json()["state"]["reason_code"] == 1517
    assert "instruction" in look(mock, job.id, "/results").text


def test_a_running_job_ends_when_its_seconds_are_over() -> None:
    place = Place()
    started = place.clock.now() - timedelta(hours=1)
    job = place.world.add_job(state="Running", seconds=90, started=started, created=started)
    place.clock.advance(89)
    assert (job.status, job.started) == ("Running", started)
    place.clock.advance(1)
    assert job.status == "Completed"


def test_a_queued_job_waits_and_then_runs_and_counts_in_the_queue() -> None:
    place = Place()
    job = place.world.add_job(backend="ibm_bin", seconds=90)
    assert place.platform.queue_length("ibm_bin") == 1
    place.clock.advance(90)
    assert job.status == "Completed"


def test_a_job_may_stay_as_it_is_until_something_changes_it() -> None:
    place = Place()
    queued = place.world.add_job(seconds=math.inf)
    running = place.world.add_job(state="Running", seconds=math.inf, cost=500)
    place.clock.advance(499)
    assert [queued.status, running.status] == ["Queued", "Running"]
    place.clock.advance(1_000_000)
    assert [queued.status, running.status] == ["Queued", "Cancelled"]
    assert running.reason_code == 1305
    place.platform.cancel(place.account, place.instance, queued.id)
    assert queued.status == "Cancelled"


def test_how_a_job_will_end_may_be_said() -> None:
    place = Place()
    well = place.world.add_job(results={"by": "me"}, usage=7, seconds=5)
    ill = place.world.add_job(state="Running", reason_code=1517, seconds=5)
    place.clock.advance(5)
    assert (well.status, ill.status, ill.reason_code) == ("Completed", "Failed", 1517)
    assert well.outcome is not None
    assert (well.outcome.body, well.charge) == ('{"by":"me"}', 7)


def test_sessions_live_on_with_their_jobs() -> None:
    place = Place()
    session = place.world.add_session(state="active", mode="dedicated", max_ttl=600)
    job = place.world.add_job(state="Running", session=session, seconds=30)
    place.clock.advance(30)
    assert (job.status, session.state) == ("Completed", "active")
    place.clock.advance(60)
    assert session.state == "inactive"
    place.clock.advance(510)
    assert session.state == "closed"


@pytest.mark.parametrize("state", ["open", "active", "inactive", "closed"])
def test_a_session_of_every_state_can_be_declared(state: str) -> None:
    place = Place()
    session = place.world.add_session(state=state, id="mine")
    assert place.platform.session(place.account, place.instance, "mine") is session
    assert session.state == state


def test_usage_before_now_leaves_the_window_in_its_time() -> None:
    place = Place()
    place.world.add_usage(40, at=place.clock.now() - timedelta(days=27))
    place.world.add_usage(2)
    assert place.platform.usage(place.instance).consumed == 42
    place.clock.advance(2 * 86400)
    assert place.platform.usage(place.instance).consumed == 2


def test_the_queue_of_a_backend_can_be_set_and_its_condition_stays() -> None:
    place = Place()
    place.platform.set_condition("ibm_box", "paused", message="soon")
    place.world.set_queue_length("ibm_box", 12)
    assert place.platform.queue_length("ibm_box") == 12
    condition = place.platform.condition("ibm_box")
    assert (condition.status, condition.message) == ("paused", "soon")


def test_the_classic_service_has_its_own() -> None:
    mock = Mock(engine=one)
    job = mock.world.add_job(state="Completed", dialect="classic", account="token", results={})
    with httpx.Client(transport=mock.transport(), base_url=classic.RUNTIME) as http:
        http.headers["x-access-token"] = classic.log_in(http)["id"]
        assert http.get(f"/jobs/{job.id}").json()["status"] == "Completed"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"state": "Finished"}, "state"),
        ({"backend": "ibm_none"}, "backend"),
        ({"instance": "none"}, "instance"),
        ({"account": "nobody's key"}, "account"),
        ({"dialect": "third"}, "dialect"),
        ({"started": "2023-09-11T17:27:45Z"}, "started"),
        ({"ended": "2023-09-11T17:27:45Z"}, "ended"),
        ({"created": "2030-01-01T00:00:00Z"}, "created"),
        ({"created": "yesterday"}, "created"),
        ({"usage": -1}, "usage"),
        ({"seconds": -1}, "seconds"),
        ({"results": object()}, "results"),
        ({"state": "Failed", "reason_code": 12}, "reason_code"),
    ],
)
def test_errors_name_the_field_and_nothing_is_added(fields: dict[str, Any], field: str) -> None:
    place = Place()
    with pytest.raises(BadDeclaration) as raised:
        place.world.add_job(**fields)
    assert raised.value.field == field
    assert "nobody's key" not in str(raised.value)
    assert not place.world.jobs


def test_a_world_that_a_state_file_tells_of_is_not_changed_behind_its_back() -> None:
    mock = Mock()
    mock.world.kept = True
    with pytest.raises(DryshotError, match="state file"):
        mock.world.add_job(account="key")
    with pytest.raises(DryshotError, match="state file"):
        mock.restore(mock.snapshot())
