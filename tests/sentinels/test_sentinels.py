"""What the journal shows of leaks and of double submissions; the official SDK makes both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from contract_tests.platform import GRANT, IAM, PARAMS
from dryshot import Mock, Pace
from dryshot.errors import RefusedHost
from dryshot.sentinels import Leaked, NotSubmitted, SubmittedTwice, watched
from tests.conformance.stage import TOKEN, connect, constant, submit
from tests.dialects.platform import sampler

CLOUD = "https://quantum.cloud.ibm.com/api/v1"


@pytest.fixture
def mock() -> Iterator[Mock]:
    with Mock(engine=constant, pace=Pace(0, 0)).activate() as mock:
        yield mock


@pytest.fixture
def http(mock: Mock) -> Iterator[httpx.Client]:
    token = mock.world.platform.issue_token(TOKEN)
    crn = mock.world.platform.instances(token.account)[-1].crn
    headers = {"authorization": f"Bearer {token.value}", "service-crn": crn}
    with httpx.Client(base_url=CLOUD, headers=headers) as http:
        yield http


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "INSTANCE", "URL", "CHANNEL"):
        monkeypatch.delenv(f"QISKIT_IBM_{name}", raising=False)
    monkeypatch.setenv("USAGE_DATA_OPT_OUT", "True")


@pytest.mark.usefixtures("nobody")
def test_the_sdk_sends_the_key_itself_when_the_exchange_fails(mock: Mock) -> None:
    service = connect(instance="premium-instance")
    backend = service.backend("ibm_fez")
    mock.sentinels.check()
    mock.clock.advance(7200)  # its token is over
    mock.faults.fail(400, path="/identity/token", times=None)
    with (
        pytest.warns(UserWarning, match="API Key will be used instead"),
        pytest.raises(Exception, match="401"),
    ):
        submit(backend, params=PARAMS)
    leaks = mock.sentinels.leaks()
    assert {(leak.kind, leak.where) for leak in leaks} == {("key", "the header authorization")}
    with pytest.raises(Leaked, match="an API key was sent in the header authorization of") as told:
        mock.sentinels.check()
    assert TOKEN not in str(told.value) + repr(leaks)


@pytest.mark.usefixtures("nobody")
def test_the_double_submission_of_the_sdk_is_caught(mock: Mock) -> None:
    backend = connect(instance="premium-instance").backend("ibm_fez")
    mock.faults.page(520, when="after", operation="create_job")  # the SDK tries that again
    job = submit(backend, params=PARAMS)
    first, second = mock.sentinels.submissions()
    assert [first.job_id, second.job_id] == list(mock.world.jobs)
    assert (bool(first.lost), second.lost, second.job_id) == (True, None, job.job_id())
    (duplicate,) = mock.sentinels.duplicates()
    assert duplicate.from_lost_answer
    with pytest.raises(SubmittedTwice, match="equal byte for byte") as told:
        mock.assert_submitted_once()
    for one in (first, second):
        assert f"job {one.job_id} at 20" in str(told.value)
        assert f"exchange {one.sequence}" in str(told.value)


@pytest.mark.usefixtures("nobody")
def test_a_program_that_submits_again_after_the_sdk_gave_up_is_caught(mock: Mock) -> None:
    backend = connect(instance="premium-instance").backend("ibm_fez")
    mock.faults.lose_response(operation="create_job")
    with pytest.raises(Exception, match="Remote end closed connection without response"):
        submit(backend, params=PARAMS)
    mock.assert_submitted_once()
    submit(backend, params=PARAMS)
    with pytest.raises(SubmittedTwice, match=r"did not come through \(lose_response"):
        mock.assert_submitted_once()


@pytest.mark.parametrize(
    "kind", ["page", "fail", "garble", "truncate", "timeout", "drop", "reset", "lose_response"]
)
def test_whatever_keeps_the_answer_back_the_job_is_seen(
    mock: Mock, http: httpx.Client, kind: str
) -> None:
    after = {"page", "fail", "timeout", "drop", "reset"}
    effect: dict[str, Any] = {"status": 503} if kind == "fail" else {}
    effect |= {"when": "after"} if kind in after else {}
    mock.faults.add(kind, operation="create_job", **effect)
    for _ in range(2):
        with suppress(httpx.HTTPError):
            http.post("/jobs", json=sampler())
    (duplicate,) = mock.sentinels.duplicates()
    assert [job.job_id for job in duplicate.jobs] == list(mock.world.jobs)
    assert duplicate.from_lost_answer


@pytest.mark.usefixtures("nobody")
def test_one_submission_of_the_sdk_is_one(mock: Mock) -> None:
    backend = connect(instance="premium-instance").backend("ibm_fez")
    with pytest.raises(NotSubmitted):
        mock.assert_submitted_once()
    submit(backend, params=PARAMS)
    mock.assert_submitted_once()
    mock.sentinels.check()


def test_the_same_work_is_found_in_other_bytes(mock: Mock, http: httpx.Client) -> None:
    qasm = PARAMS["pubs"][0][0]
    for circuit in (qasm, f"{qasm}\n// another comment"):
        body = sampler(params={**PARAMS, "pubs": [[circuit, *PARAMS["pubs"][0][1:]]]})
        assert http.post("/jobs", json=body).status_code == 200
    (duplicate,) = mock.sentinels.duplicates()
    assert not duplicate.from_lost_answer
    assert "the requests differ in their bytes only" in str(duplicate)


@pytest.mark.parametrize(
    "other", [{"tags": ["again"]}, {"backend": "ibm_fez"}, {"private": True}], ids=str
)
def test_other_work_is_not_the_same(
    mock: Mock, http: httpx.Client, other: dict[str, object]
) -> None:
    for more in ({}, other):
        assert http.post("/jobs", json=sampler(**more)).status_code == 200
    mock.assert_submitted_once()


def test_what_was_refused_was_not_submitted(mock: Mock, http: httpx.Client) -> None:
    mock.faults.fail(500, operation="create_job")
    assert http.post("/jobs", json=sampler()).status_code == 500
    assert http.post("/jobs", json=sampler()).status_code == 200
    mock.assert_submitted_once()


def test_a_duplicated_delivery_is_a_double_submission(mock: Mock, http: httpx.Client) -> None:
    mock.faults.duplicate(operation="create_job")
    assert http.post("/jobs", json=sampler()).status_code == 200
    (duplicate,) = mock.sentinels.duplicates()
    assert len(duplicate.jobs) == len(mock.world.jobs) == 2


def test_keys_that_never_log_in_can_be_declared(mock: Mock, http: httpx.Client) -> None:
    http.get("/versions", headers={"x-note": "an-undeclared-key-of-mine"})
    assert mock.sentinels.leaks() == []
    mock.sentinels.declare("an-undeclared-key-of-mine")
    (leak,) = mock.sentinels.leaks()
    assert (leak.kind, leak.where, leak.times) == ("key", "the header x-note", 1)


def test_a_short_key_has_to_be_the_whole_value(mock: Mock, http: httpx.Client) -> None:
    mock.sentinels.declare("job")
    http.get("/jobs", headers={"x-note": "of a job"}, params={"tags": "joblike"})
    assert mock.sentinels.leaks() == []
    http.get("/versions", headers={"authorization": "apikey job"})
    http.get("/versions", params={"who": "job"})
    assert [leak.kind for leak in mock.sentinels.leaks()] == ["key", "url"]


@pytest.mark.parametrize("name", ["authorization", "proxy-authorization"])
def test_a_key_in_basic_authentication_is_found(mock: Mock, name: str) -> None:
    httpx.post(f"{IAM}/identity/token", data={"grant_type": GRANT, "apikey": TOKEN})
    credentials = httpx.BasicAuth("apikey", TOKEN)
    with httpx.Client() as http:
        header = next(credentials.auth_flow(httpx.Request("GET", CLOUD))).headers["authorization"]
        http.get(f"{CLOUD}/versions", headers={name: header})
    (leak,) = mock.sentinels.leaks()
    assert leak.where == f"the header {name}"


def test_sockets_are_watched_within_the_block_only() -> None:
    import socket

    with watched() as outer, watched(["192.0.2.9"]) as inner:
        with pytest.raises(RefusedHost, match=r"test_sentinels\.py:\d+ was about to open a socket"):
            socket.getaddrinfo("192.0.2.1", 80)
        assert socket.getaddrinfo("192.0.2.9", 80)
        assert socket.getaddrinfo("127.0.0.1", 80)
    assert (
        [one.host for one in outer.contacts]
        == ["192.0.2.1"]
        == [one.host for one in inner.contacts]
    )
    assert socket.getaddrinfo("192.0.2.1", 80)
    assert len(outer.contacts) == 1
