"""What goes wrong with a call, and what the error tells."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dryshot.mock import Mock
from dryshot_client import (
    AuthenticationError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    RuntimeApiError,
    ServerError,
    SessionClosed,
    UsageLimitReached,
)
from tests.client.platform.stage import (
    IAM_HOST,
    KEY,
    OPEN,
    PARAMS,
    Network,
    OnMock,
    Scripted,
    answer,
    error_body,
    one,
)

MakeOnMock = Callable[..., OnMock]
MakeScripted = Callable[..., Scripted]


def submit(runtime: Any) -> Any:
    """Submit a job."""
    return runtime.jobs.create(program="sampler", backend="ibm_fez", params=PARAMS)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (403, PermissionDenied),
        (404, NotFound),
        (405, InvalidRequest),
        (409, Conflict),
        (413, InvalidRequest),
        (418, RuntimeApiError),
        (422, InvalidRequest),
        (429, RateLimited),
        (500, ServerError),
        (503, ServerError),
        (520, ServerError),
    ],
)
def test_an_error_tells_all_that_the_service_told(
    scripted: MakeScripted, status: int, kind: type[RuntimeApiError]
) -> None:
    play = scripted(Network(answer(error_body(1234, "Wrong."), status)), retries=0)
    with pytest.raises(RuntimeApiError) as caught:
        play.do(lambda runtime: runtime.jobs.get("j1"))
    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("GET", "/jobs/j1", status)
    assert (error.code, error.message, error.solution) == (1234, "Wrong.", "Do not.")
    assert error.more_info == "https://x.y"
    assert error.trace == "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
    assert str(error) == f"GET /jobs/j1: {status} (1234) Wrong. Do not."
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(again), vars(again)) == (kind, vars(error))


@pytest.mark.parametrize("status", [400, 403, 409])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1217, SessionClosed),
        ("1217", SessionClosed),
        (4001, SessionClosed),
        (4317, UsageLimitReached),
        ("4317", UsageLimitReached),
    ],
)
def test_some_codes_are_told_apart_whatever_the_status(
    scripted: MakeScripted, status: int, code: object, kind: type[Conflict]
) -> None:
    with pytest.raises(kind) as caught:
        scripted(Network(answer(error_body(code), status))).do(submit)
    assert isinstance(caught.value, Conflict)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_a_key_that_is_not_known_is_refused(on_mock: MakeOnMock) -> None:
    world = {"accounts": [{"api_key": "another"}]}
    with pytest.raises(AuthenticationError) as caught:
        on_mock(Mock(world=world)).do(lambda runtime: runtime.backends.list())
    error = caught.value
    assert (error.method, error.path, error.status) == ("POST", "/identity/token", 400)
    assert (error.code, error.trace is None) == ("BXNIM0415E", False)


def test_a_token_that_is_refused_twice_is_an_error(scripted: MakeScripted) -> None:
    network = Network(answer(error_body(1219), 401))
    with pytest.raises(AuthenticationError) as caught:
        scripted(network).do(lambda runtime: runtime.backends.list())
    assert caught.value.code == 1219
    assert (len(network.tokens), len(network.asked)) == (2, 2)


def test_a_token_that_has_died_is_replaced(on_mock: MakeOnMock) -> None:
    play = on_mock(monotonic=lambda: 0.0)  # the client sees no time pass
    play.do(lambda runtime: runtime.backends.list())
    play.mock.clock.advance(3601)
    assert play.do(lambda runtime: runtime.backends.list())
    assert len(play.mock.journal.of("create_token")) == 2


def test_another_account_s_instance_is_denied(on_mock: MakeOnMock) -> None:
    mine = on_mock(instance=OPEN)
    (crn, *_) = (each.crn for each in mine.do(lambda runtime: runtime.instances.list()))
    other = on_mock(mine.mock, api_key="another key", instance=crn)
    with pytest.raises(PermissionDenied) as caught:
        other.do(lambda runtime: runtime.backends.list())
    assert caught.value.code == 1200


def test_a_region_s_crn_at_another_region_s_host_is_not_found(on_mock: MakeOnMock) -> None:
    world = {
        "accounts": [
            {"api_key": KEY, "instances": [{"name": "here", "plan": "premium", "region": "eu-de"}]}
        ]
    }
    play = on_mock(
        Mock(world=world), instance="here", runtime_url="https://quantum.cloud.ibm.com/api/v1"
    )
    with pytest.raises(NotFound, match="eu-de") as caught:
        play.do(lambda runtime: runtime.backends.list())
    assert (caught.value.status, caught.value.code) == (404, 1279)


def test_a_body_that_the_service_does_not_accept_is_told_with_its_reason(
    on_mock: MakeOnMock,
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        on_mock().do(
            lambda runtime: runtime.jobs.create(program="sampler", backend="ibm_fez", params={})
        )
    assert caught.value.code == 1208
    assert "pubs" in caught.value.message


def test_an_instance_that_has_used_up_its_time_refuses(on_mock: MakeOnMock) -> None:
    world = {
        "accounts": [{"api_key": KEY, "instances": [{"name": "used", "usage_limit_seconds": 2}]}]
    }
    play = on_mock(Mock(engine=one, world=world), instance="used")
    play.mock.world.platform.over_limit = "refuse"
    play.do(submit)
    with pytest.raises(UsageLimitReached) as caught:
        play.do(submit)
    assert (caught.value.status, caught.value.code) == (409, 4317)
    assert len(play.mock.journal.of("create_job")) == 2


def test_too_many_requests_are_waited_for_as_long_as_was_said(on_mock: MakeOnMock) -> None:
    play = on_mock()
    play.mock.faults.fail(429, operation="list_backends", times=2, retry_after=7)
    assert play.do(lambda runtime: runtime.backends.list())
    assert play.slept == [7, 7]


def test_a_time_longer_than_the_patience_is_told_at_once(on_mock: MakeOnMock) -> None:
    play = on_mock()
    play.mock.faults.fail(429, operation="list_backends", retry_after=3600)
    with pytest.raises(RateLimited) as caught:
        play.do(lambda runtime: runtime.backends.list())
    assert (caught.value.retry_after, caught.value.code) == (3600, 1202)
    assert play.slept == []


def test_a_service_that_fails_is_asked_again_until_the_retries_are_used_up(
    on_mock: MakeOnMock,
) -> None:
    play = on_mock(retries=2)
    play.mock.faults.fail(500, operation="list_backends", times=None)
    with pytest.raises(ServerError) as caught:
        play.do(lambda runtime: runtime.backends.list())
    assert caught.value.code == 9999
    assert len(play.mock.journal.of("list_backends")) == 3


def test_iam_that_fails_is_asked_again(on_mock: MakeOnMock) -> None:
    play = on_mock()
    play.mock.faults.fail(500, operation="create_token", times=2)
    assert play.do(lambda runtime: runtime.backends.list())
    assert len(play.mock.journal.of("create_token")) == 3
    assert len(play.slept) == 2


@pytest.mark.parametrize("host", [IAM_HOST, "quantum.cloud.ibm.com"])
def test_a_lost_connection_tells_where_it_was_lost(scripted: MakeScripted, host: str) -> None:
    network = Network(answer({"devices": []}))

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == host:
            raise httpx.ConnectError("refused", request=request)
        return network(request)

    with pytest.raises(ConnectionFailed, match="ConnectError: refused") as caught:
        scripted(service).do(lambda runtime: runtime.backends.list())
    assert host in caught.value.url
    assert "?" not in caught.value.url
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_error_and_not_followed(scripted: MakeScripted, status: int) -> None:
    elsewhere = httpx.Response(status, headers={"location": "https://elsewhere.example/"})
    network = Network(elsewhere)
    with pytest.raises(RuntimeApiError) as caught:
        scripted(network).do(lambda runtime: runtime.backends.list())
    assert caught.value.status == status
    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>blocked</html>",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"no"',
        b"{}",
        b'{"errors": null, "trace": 5}',
        b'{"errors": [null, 5, "x"]}',
        b'{"errors": [{}]}',
        b'{"errors": [{"code": null, "message": null}]}',
        b'{"errors": [{"code": [], "message": {}, "solution": [1], "more_info": 5}], "trace": []}',
        b'{"errors": [{"code": {"a": 1}, "message": 5, "solution": 0}]}',
        b'{"errorCode": [], "context": 5}',
        b'{"error": "x"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("status", [400, 403, 404, 429, 520])
def test_a_refusal_in_any_shape_is_the_error_of_its_status(
    scripted: MakeScripted, status: int, body: bytes
) -> None:
    play = scripted(Network(httpx.Response(status, content=body)), retries=0)
    for method in ("get", "results", "logs", "cancel"):
        with pytest.raises(RuntimeApiError) as caught:
            play.do(_of_a_job(method))
        assert caught.value.status == status
        assert isinstance(caught.value.message, str)
        assert isinstance(pickle.loads(pickle.dumps(caught.value)), RuntimeApiError)  # noqa: S301


def _of_a_job(method: str) -> Callable[[Any], Any]:
    return lambda runtime: getattr(runtime.jobs, method)("j1")
