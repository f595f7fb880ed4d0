from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import pytest

from contract_tests.platform import RUNTIME
from dryshot.mock import Mock
from dryshot.sweep.jobs import Aftermath, read_aftermath
from dryshot.world.runner import Pace
from tests.dialects.platform import log_in, one, sampler


@pytest.fixture
def mock() -> Mock:
    return Mock(engine=one, pace=Pace(0, 30))


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    with httpx.Client(transport=mock.transport()) as client:
        client.headers.update(log_in(client))
        yield client


def submit(http: httpx.Client, **fields: object) -> str:
    return str(http.post(f"{RUNTIME}/jobs", json=sampler(**fields)).json()["id"])


def aftermath(mock: Mock) -> Aftermath:
    return read_aftermath(mock.world.jobs.values(), mock.journal.since())


def lost(mock: Mock) -> list[str]:
    return [job.id for job in aftermath(mock).lost]


def test_a_job_that_nobody_looks_at_is_lost(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    assert lost(mock) == [job]


def test_a_job_that_was_seen_to_run_only_is_lost(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    assert http.get(f"{RUNTIME}/jobs/{job}").json()["status"] == "Running"
    assert http.get(f"{RUNTIME}/jobs/{job}/results").status_code == 400
    assert lost(mock) == [job]


@pytest.mark.parametrize("path", ["/jobs/{}", "/jobs/{}/results", "/jobs"])
def test_a_job_whose_end_was_seen_is_not(mock: Mock, http: httpx.Client, path: str) -> None:
    job = submit(http)
    mock.clock.advance(60)
    assert lost(mock) == [job]
    assert http.get(f"{RUNTIME}{path.format(job)}").status_code == 200
    assert lost(mock) == []


def test_an_answer_that_does_not_come_shows_nothing(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    mock.clock.advance(60)
    for fault in (mock.faults.truncate, mock.faults.lose_response):
        with fault(operation="get_job"), pytest.raises(httpx.RemoteProtocolError):
            http.get(f"{RUNTIME}/jobs/{job}")
    with mock.faults.garble(operation="get_job"):
        http.get(f"{RUNTIME}/jobs/{job}")
    with mock.faults.fail(500, operation="get_job", when="after"):
        http.get(f"{RUNTIME}/jobs/{job}")
    assert lost(mock) == [job]


def test_a_job_that_was_cancelled_is_not_even_if_the_answer_was_lost(
    mock: Mock, http: httpx.Client
) -> None:
    job = submit(http)
    with mock.faults.fail(500, operation="cancel_job_jid"):
        assert http.post(f"{RUNTIME}/jobs/{job}/cancel").status_code == 500
    assert lost(mock) == [job]
    with (
        mock.faults.lose_response(operation="cancel_job_jid"),
        pytest.raises(httpx.RemoteProtocolError),
    ):
        http.post(f"{RUNTIME}/jobs/{job}/cancel")
    assert lost(mock) == []


def test_a_cancellation_that_came_too_late_tells_of_the_end(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    mock.clock.advance(60)
    assert http.post(f"{RUNTIME}/jobs/{job}/cancel").status_code == 409
    assert lost(mock) == []


def test_a_deleted_job_is_not_lost(mock: Mock, http: httpx.Client) -> None:
    job = submit(http)
    mock.clock.advance(60)
    assert http.delete(f"{RUNTIME}/jobs/{job}").status_code == 204
    assert lost(mock) == []


def test_the_same_work_again_is_told(mock: Mock, http: httpx.Client) -> None:
    first, other, again = submit(http), submit(http, tags=["other"]), submit(http)
    found = aftermath(mock).again
    assert [(one.id, two.id) for one, two in found] == [(first, again)]
    assert other in mock.world.jobs


@pytest.mark.parametrize("seen", [True, False])
def test_work_may_be_repeated_that_is_known_to_have_failed(
    mock: Mock, http: httpx.Client, *, seen: bool
) -> None:
    mock.world.trouble.fail_jobs(8000, after=1)
    job = submit(http)
    mock.clock.advance(5)
    answers: list[Mapping[str, object]] = []
    if seen:
        answers.append(http.get(f"{RUNTIME}/jobs/{job}").json())
    submit(http)
    assert [answer["status"] for answer in answers] == ["Failed"] * seen
    assert bool(aftermath(mock).again) is not seen
