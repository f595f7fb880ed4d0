"""One caller and IAM: the exchange, the renewals, the refusals."""

from __future__ import annotations

import base64
import copy
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from dryshot_client.credentials import Secret
from dryshot_client.errors import (
    AuthenticationError,
    NotFound,
    RateLimited,
    RuntimeApiError,
    ServerError,
    UnexpectedAnswer,
)
from dryshot_client.platform.iam import IamAuth
from dryshot_client.retries import RetryPolicy
from tests.client.loopback import Served, serve
from tests.client.platform.iam_stage import KEY, URL, Iam, Sky, jwt, token
from tests.client.stage import answer
from tests.client.test_secrets import check_error

OnIam = Callable[..., Iam]

NOT_FOUND = {
    "errorCode": "BXNIM0415E",
    "errorMessage": "Provided API key could not be found.",
    "context": {"requestId": "req-1"},
}


@pytest.fixture(params=["sync", "async"])
def iam(request: pytest.FixtureRequest) -> OnIam:
    return lambda *args, **settings: Iam(request.param, *args, **settings)


def test_the_key_is_exchanged_as_iam_wants_it_and_the_token_is_shown(iam: OnIam) -> None:
    sky = Sky()
    assert iam(sky).get().status_code == 200
    (asked,), (served,) = sky.asked, sky.served
    assert (asked.method, str(asked.url)) == ("POST", "https://iam.cloud.ibm.com/identity/token")
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["content-length"] == str(len(asked.content))
    assert asked.headers["host"] == "iam.cloud.ibm.com"
    assert parse_qs(asked.content.decode()) == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [KEY],
    }
    assert served.headers["authorization"] == "Bearer accesstoken1"


def test_nothing_of_the_client_goes_to_iam_but_the_time_it_allows(iam: OnIam) -> None:
    sky = Sky()
    iam(sky).get(
        headers={"service-crn": "crn", "x-of-the-client": "1"},
        cookies={"biscuit": "1"},
        params={"limit": "1"},
        timeout=httpx.Timeout(7.0),
    )
    (asked,), (served,) = sky.asked, sky.served
    assert served.headers["x-of-the-client"] == "1"
    assert served.headers["cookie"] == "biscuit=1"
    assert served.url.query == b"limit=1"
    assert asked.headers.keys() == {
        "host",
        "accept",
        "user-agent",
        "content-type",
        "content-length",
    }
    assert asked.url.query == b""
    assert asked.extensions == {"timeout": httpx.Timeout(7.0).as_dict()}


def test_another_iam_is_asked_where_one_is_given(iam: OnIam) -> None:
    sky = Sky()
    iam(sky, iam_url="http://localhost:8000/mock/").get()
    assert str(sky.asked[0].url) == "http://localhost:8000/mock/identity/token"
    assert sky.asked[0].headers["host"] == "localhost:8000"


def test_one_token_serves_many_requests(iam: OnIam) -> None:
    sky = Sky()
    play = iam(sky)
    assert [play.get().status_code for _ in range(3)] == [200] * 3
    assert len(sky.asked) == 1


def test_a_token_is_renewed_at_80_percent_of_its_lifetime_from_when_it_was_asked_for(
    iam: OnIam,
) -> None:
    def slowly(_: httpx.Request) -> httpx.Response:
        play.clock.now += 100
        return token("accesstoken", expires_in=1000)

    sky = Sky(slowly)
    play = iam(sky)
    asked = []
    for now in (0.0, 799.9, 800, 1599.9, 1600):
        play.clock.now = now
        assert play.get().status_code == 200
        asked.append(len(sky.asked))
    assert asked == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    "garbled", ["", '"3600"', "true", "0", "-5", "NaN", "Infinity", "1e300", f"{10**400}", "null"]
)
def test_without_expires_in_the_token_itself_says_how_long_it_lives(
    iam: OnIam, garbled: str
) -> None:
    expires = f', "expires_in": {garbled}' if garbled else ""
    text = jwt(iat=1_800_000_000, exp=1_800_000_500)
    sky = Sky(httpx.Response(200, content=f'{{"access_token": "{text}"{expires}}}'))
    play = iam(sky)
    for now, asked in ((0.0, 1), (399.9, 1), (400.0, 2)):
        play.clock.now = now
        assert play.get().status_code == 200
        assert len(sky.asked) == asked


@pytest.mark.parametrize(
    "text",
    [
        "opaque",
        "a.b.c",
        "a.!!!.c",
        "a.bnVsbA.c",
        f"a.{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.c",
        jwt(),
        jwt(exp=5),
        jwt(iat=5, exp=5),
        jwt(iat=5, exp=4),
        jwt(iat="5", exp="9"),
        jwt(iat=1, exp=10**400),
        jwt(iat=1, exp=float("inf")),
    ],
    ids=range(12),
)
def test_a_token_of_unknown_lifetime_is_kept_until_it_is_refused(iam: OnIam, text: str) -> None:
    sky = Sky(token(text, expires_in=None), token("accesstoken2"))
    play = iam(sky)
    play.get()
    play.clock.now = 1e9
    assert play.get().status_code == 200
    assert len(sky.asked) == 1
    sky.expire()
    assert play.get().status_code == 200
    assert len(sky.asked) == 2


def test_a_refused_token_is_renewed_and_the_request_sent_again_once(iam: OnIam) -> None:
    sky = Sky()
    play = iam(sky)
    play.get()
    sky.expire()
    assert play.get().status_code == 200
    assert sky.shown == [f"Bearer accesstoken{which}" for which in (1, 1, 2)]


def test_a_streamed_body_is_sent_again_whole(iam: OnIam) -> None:
    bodies: list[bytes] = []

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/identity/token":
            bodies.append(request.content)
        return sky(request)

    sky = Sky()
    play = iam(service)
    play.get()
    sky.expire()
    assert play.send("POST", URL, [b"two ", b"parts"]).status_code == 200
    assert bodies[1:] == [b"two parts"] * 2


def test_a_second_401_is_handed_back(iam: OnIam) -> None:
    sky = Sky()

    def service(request: httpx.Request) -> httpx.Response:
        response = sky(request)
        sky.expire()
        return response

    play = iam(service)
    assert play.get().status_code == 401
    assert (len(sky.asked), len(sky.served)) == (2, 2)


def test_a_401_of_another_host_that_was_shown_no_token_renews_nothing(iam: OnIam) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        if request.url.host == "quantum.cloud.ibm.com":
            return httpx.Response(307, headers={"location": "https://elsewhere.test/"})
        return sky(request)

    sky = Sky()
    assert iam(service).get(follow_redirects=True).status_code == 401
    assert len(sky.asked) == 1
    assert "authorization" not in sky.served[0].headers


def test_one_connection_is_enough(iam: OnIam) -> None:
    shown: list[str | None] = []

    def service(request: Served) -> None:
        if request.path == "/identity/token":
            request.answer({"access_token": f"accesstoken{len(shown)}"})
        else:
            shown.append(request.headers["authorization"])
            request.answer({}, 401 if len(shown) == 1 else 200)

    with serve(service) as url:
        play = iam(None, iam_url=url)
        limits = httpx.Limits(max_connections=1)
        assert play.get(url, limits=limits, timeout=10).status_code == 200
    assert shown == ["Bearer accesstoken0", "Bearer accesstoken1"]


def test_an_exchange_is_repeated_when_iam_is_busy_or_down(iam: OnIam) -> None:
    busy = httpx.Response(429, headers={"retry-after": "7"})
    sky = Sky(busy, httpx.Response(503), token("accesstoken"))
    play = iam(sky, retries=RetryPolicy(limit=2, random=lambda: 1.0))
    assert play.get().status_code == 200
    assert play.clock.slept == [7.0, 1.0]
    assert len(sky.asked) == 3
    assert all(KEY.encode() in asked.content for asked in sky.asked)


@pytest.mark.parametrize(
    ("status", "kind", "asked"),
    [
        (400, AuthenticationError, 1),
        (401, AuthenticationError, 1),
        (403, AuthenticationError, 1),
        (404, NotFound, 1),
        (429, RateLimited, 3),
        (500, ServerError, 3),
        (520, ServerError, 3),
        (302, UnexpectedAnswer, 1),
        (304, UnexpectedAnswer, 1),
        (204, UnexpectedAnswer, 1),
    ],
)
def test_a_refusal_is_an_error_of_its_kind_and_holds_no_lock(
    iam: OnIam, status: int, kind: type[RuntimeApiError], asked: int
) -> None:
    sky = Sky(*[httpx.Response(status, json=NOT_FOUND)] * asked, token("accesstoken"))
    play = iam(sky, retries=2)
    with pytest.raises(RuntimeApiError) as caught:
        play.get()
    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("POST", "/identity/token", status)
    assert len(sky.asked) == asked
    check_error(error)
    assert play.get().status_code == 200  # another call asks again


def test_a_refused_key_is_told_in_iams_words(iam: OnIam) -> None:
    with pytest.raises(AuthenticationError) as caught:
        iam(Sky(answer(NOT_FOUND, 400))).get()
    assert (caught.value.code, caught.value.trace) == ("BXNIM0415E", "req-1")
    assert str(caught.value) == (
        "POST /identity/token: 400 (BXNIM0415E) Provided API key could not be found."
    )


@pytest.mark.parametrize("status", [400, 404, 500])
@pytest.mark.parametrize("key", [Secret(KEY), Secret("key with+/=%&signs")], ids=["plain", "odd"])
def test_an_answer_that_repeats_the_key_is_blotted_out(
    iam: OnIam, status: int, key: Secret
) -> None:
    def repeat(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=request.content + key.reveal().encode())

    with pytest.raises(RuntimeApiError, match=r"apikey=\*\*\*\*\*\*\.$") as caught:
        iam(Sky(repeat), key=key, retries=0).get()
    check_error(caught.value)


USELESS = [
    b"",
    b"<html>accesstoken</html>",
    b'"accesstoken"',
    b'["accesstoken"]',
    b"{}",
    b'{"token": "accesstoken"}',
    b'{"access_token": null}',
    b'{"access_token": 5}',
    b'{"access_token": ""}',
    b'{"access_token": "accesstoken\\r\\nx: y"}',
    b'{"access_token": " accesstoken"}',
    '{"access_token": "accesstoken\u00e9"}'.encode(),
    b"[" * 100_000,
]


@pytest.mark.parametrize("which", range(len(USELESS)))
def test_a_success_without_a_usable_token_is_an_unexpected_answer(iam: OnIam, which: int) -> None:
    sky = Sky(httpx.Response(200, content=USELESS[which]))
    with pytest.raises(UnexpectedAnswer, match="the answer holds no usable token") as caught:
        iam(sky).get()
    assert len(sky.asked) == 1
    check_error(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("follow", ["followed", "not followed"])
def test_the_key_does_not_follow_a_redirect_to_another_port(
    iam: OnIam, status: int, follow: str
) -> None:
    elsewhere: list[bytes] = []

    def lure(request: Served) -> None:
        elsewhere.append(request.requestline.encode() + request.headers.as_bytes() + request.body)
        request.answer({"access_token": "accesstoken", "expires_in": 3600})

    def bad_iam(request: Served) -> None:
        request.send_response(status)
        request.send_header("location", f"{lure_url}{request.path}")
        request.send_header("content-length", "0")
        request.end_headers()

    with serve(lure) as lure_url, serve(bad_iam) as url:
        play = iam(None, iam_url=url)
        with pytest.raises(UnexpectedAnswer, match="an API key is not sent") as caught:
            play.get(limits=httpx.Limits(), follow_redirects=follow == "followed")
        check_error(caught.value)
        assert "no token" in repr(play.auth)
    assert not any(KEY.encode() in each for each in elsewhere)


@pytest.mark.parametrize("status", [307, 308])
def test_nor_does_it_on_a_transport_that_reads_bodies_first(iam: OnIam, status: int) -> None:
    asked: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        assert KEY.encode() in request.content
        return httpx.Response(status, headers={"location": "https://elsewhere.test/"})

    with pytest.raises(UnexpectedAnswer, match="not sent a second time"):
        iam(service).get(follow_redirects=True)
    assert [each.url.host for each in asked] == ["iam.cloud.ibm.com"]


def test_a_lost_connection_is_httpx_error_with_the_request_it_was_for(iam: OnIam) -> None:
    sky = Sky(httpx.ConnectError("no way"), token("accesstoken"))
    play = iam(sky)
    with pytest.raises(httpx.ConnectError) as caught:
        play.get()
    assert caught.value.request is sky.asked[0]
    assert play.clock.slept == []
    assert play.get().status_code == 200  # no lock is held


def test_a_token_answer_that_breaks_off_is_httpx_error_for_the_token_request(iam: OnIam) -> None:
    def service(request: Served) -> None:
        if not asked:
            asked.append(request.path)
            request.hang_up()
        else:
            request.answer({"access_token": "accesstoken"})

    asked: list[str] = []
    with serve(service) as url:
        play = iam(None, iam_url=url)
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            play.get(url, limits=httpx.Limits())
        assert str(caught.value.request.url) == f"{url}/identity/token"
        assert play.get(url, limits=httpx.Limits()).status_code == 200


def test_a_sleeper_that_raises_leaves_no_lock_held(iam: OnIam) -> None:
    def interrupt(_: float) -> None:
        raise InterruptedError

    sky = Sky(httpx.Response(503), token("accesstoken"))
    play = iam(sky, sleep=interrupt, async_sleep=interrupt)
    with pytest.raises(InterruptedError):
        play.get()
    assert play.get().status_code == 200


def test_forgetting_makes_the_next_request_obtain_a_new_token(iam: OnIam) -> None:
    sky = Sky()
    play = iam(sky)
    play.get()
    play.auth.forget()
    assert play.auth.held is None
    assert play.get().status_code == 200
    assert len(sky.asked) == 2


def test_what_is_held_can_be_blotted_out(iam: OnIam) -> None:
    play = iam(Sky())
    assert [secret.reveal() for secret in play.auth.secrets] == [KEY]
    play.get()
    assert [secret.reveal() for secret in play.auth.secrets] == [KEY, "accesstoken1"]
    assert play.auth.held is play.auth.secrets[1]


def test_nothing_of_it_shows_a_secret_and_it_is_not_written_down(iam: OnIam) -> None:
    play = iam(Sky())
    assert repr(play.auth) == "<IamAuth https://iam.cloud.ibm.com, no token>"
    play.get()
    assert repr(play.auth) == "<IamAuth https://iam.cloud.ibm.com, has a token>"
    assert KEY not in repr(vars(play.auth))
    assert "accesstoken" not in repr(vars(play.auth))
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not written down"):
            write(play.auth)


@pytest.mark.parametrize(
    "key", ["", " ", " key1x", "key1x ", "key1x\n", "key1x\x00", "key1x\u00e9"]
)
@pytest.mark.parametrize("wrap", [str, Secret])
def test_a_key_that_can_be_none_is_a_value_error_that_does_not_repeat_it(
    key: str, wrap: Callable[[str], Any]
) -> None:
    with pytest.raises(ValueError, match=r"^api_key is empty, has blanks around it, or") as caught:
        IamAuth(wrap(key))
    assert "key1x" not in str(caught.value)


def test_arguments_of_another_kind_are_refused() -> None:
    key: Any = b"key1x"
    with pytest.raises(TypeError, match=r"^api_key is bytes, not text$"):
        IamAuth(key)
    with pytest.raises(ValueError, match="iam_url"):
        IamAuth(KEY, iam_url="iam.cloud.ibm.com")
    with pytest.raises(ValueError, match="retries"):
        IamAuth(KEY, retries=-1)


def test_a_secret_is_taken_as_it_is(iam: OnIam) -> None:
    assert iam(Sky(), key=Secret(KEY)).get().status_code == 200
