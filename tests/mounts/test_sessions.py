"""Plain requests take a shorter way than others; nobody can tell by what is asked and answered."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from dryshot.errors import RefusedHost
from dryshot.http import Delivery, Request, Response
from dryshot.mounts.activation import activate

HOSTS = {"api.example"}
URL = "https://api.example/jobs"
JSON = {"content-type": "application/json", "x-request-id": "7"}


class ByUrllib3(HTTPAdapter):
    """An adapter of another class, which goes the long way."""


class Endpoint:
    """Answers in turn; the last one stays. Exceptions are raised."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []
        self.order: list[list[str]] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        self.order.append(list(request.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def told(error: BaseException) -> tuple[Any, ...]:
    """An error, what it says without addresses in memory, and what it comes from."""
    text = str(error).split(" at 0x")[0].split("object")[0]
    return type(error), text, getattr(error, "request", None) is not None


def outcome(ask: Callable[[requests.Session], requests.Response], adapter: HTTPAdapter) -> Any:
    """All that a caller sees."""
    with requests.Session() as session:
        session.mount("https://", adapter)
        try:
            answer = ask(session)
        except Exception as error:  # noqa: BLE001 - whatever it is
            return told(error)
        raw: Any = answer.raw
        return (
            (answer.status_code, answer.reason, answer.url, answer.encoding, answer.content),
            list(answer.headers.items()),
            (list(raw.headers.items()), raw.status, raw.version, raw.reason, raw.read()),
            ([str(one) for one in session.cookies], [one.status_code for one in answer.history]),
            (answer.ok, answer.is_redirect, answer.connection is adapter, answer.text),
        )


ASKED: Mapping[str, Callable[[requests.Session], requests.Response]] = {
    "get": lambda s: s.get(URL, timeout=5),
    "query": lambda s: s.get(URL, params={"limit": "10", "tag": "a b/ü"}, timeout=(1, 2.5)),
    "port": lambda s: s.get("https://API.example:8443/a%2fb/../c?x=%c3#part", timeout=5),
    "json": lambda s: s.post(URL, json={"a": [1, None]}, headers={"X-Key": "Ab c"}, timeout=5),
    "form": lambda s: s.post(URL, data={"a": "ü"}, timeout=5),
    "text": lambda s: s.put(URL, data="für", timeout=5),
    "nothing": lambda s: s.post(URL, timeout=5),
    "bytes header": lambda s: s.get(URL, headers={"x-key": b"bytes"}, timeout=5),
    "own host": lambda s: s.get(URL, headers={"host": "other.example"}, timeout=5),
    "no agent": lambda s: s.get(URL, headers={"user-agent": None, "accept-encoding": None}),
    "delete": lambda s: s.delete(URL, auth=("me", "you"), timeout=5),
    "head": lambda s: s.head(URL, timeout=5),
    "stream": lambda s: s.get(URL, stream=True, timeout=5),
    "generator": lambda s: s.post(URL, data=iter([b"a", b"b"]), timeout=5),
    "file": lambda s: s.post(URL, data=io.BytesIO(b"12"), timeout=5),
    "hook": lambda s: s.get(URL, hooks={"response": lambda r, **_: r}, timeout=5),
    "bundle": lambda s: s.get(URL, verify="/no/such/bundle", timeout=5),
    "timeout": lambda s: s.get(URL, timeout=0),
    "cookie": lambda s: s.get(URL, cookies={"a": "b"}, timeout=5),
    "refused": lambda s: s.get("https://other.example/", timeout=5),
}


@pytest.mark.parametrize("kind", ASKED)
def test_the_endpoint_is_asked_the_same_and_the_caller_told_the_same(kind: str) -> None:
    seen = []
    for adapter in HTTPAdapter(), ByUrllib3():
        endpoint = Endpoint(Response(200, JSON, b'{"a": 1}'))
        with activate(endpoint, HOSTS):
            seen.append((outcome(ASKED[kind], adapter), endpoint.asked, endpoint.order))
    assert seen[0] == seen[1]


ANSWERS: Mapping[str, tuple[Response | Exception, ...]] = {
    "nothing": (Response(204),),
    "no body": (Response(200),),
    "length": (Response(200, {"content-length": "99", "connection": "close"}, b"three"),),
    "text": (Response(200, {"content-type": "text/plain; charset=latin-1"}, b"f\xfcr"),),
    "conflict": (Response(409, JSON, b"{}"),),
    "unknown status": (Response(599, JSON, b"{}"),),
    "odd header": (Response(200, {"x-odd": " \u00fc\u00e9 "}, b""),),
    "cookie": (Response(200, {"set-cookie": "a=b; Path=/"}, b"x"),),
    "redirect": (Response(302, {"location": "/other"}, b"x"), Response(200, {}, b"there")),
    "refused": (ConnectionRefusedError("refused"),),
    "reset": (ConnectionResetError(104, "reset"),),
    "late": (TimeoutError("late"),),
    "own error": (LookupError("own"),),
    "delivered": (Response(200, JSON, b"{}", Delivery(delay=1.0)),),
    "too late": (Response(200, JSON, b"{}", Delivery(delay=9.0)),),
    "dropped": (Response(200, JSON, b"{}", Delivery(ending="dropped")),),
    "cut": (Response(200, JSON, b"{123456}", Delivery(ending="cut", length=3)),),
}


@pytest.mark.parametrize("most", [0, 2])
@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_is_told_the_same_and_asked_for_as_often(kind: str, most: int) -> None:
    seen = []
    policy: Any = Retry(total=most, backoff_factor=0, status_forcelist=[409]) if most else 0
    for made in HTTPAdapter, ByUrllib3:
        endpoint = Endpoint(*ANSWERS[kind])
        with activate(endpoint, HOSTS):
            told = outcome(lambda s: s.get(URL, timeout=5), made(max_retries=policy))
        seen.append((told, endpoint.asked))
    assert seen[0] == seen[1]


def test_an_exception_of_the_endpoint_is_the_callers_as_it_was_raised() -> None:
    error = LookupError("own")
    with activate(Endpoint(error), HOSTS), pytest.raises(LookupError) as raised:
        requests.get(URL, timeout=5)
    assert raised.value is error
    assert error.__cause__ is None
    assert error.__context__ is None


def test_what_an_endpoint_asks_for_itself_is_asked_by_itself() -> None:
    inner = Endpoint(Response(200, {}, b"inner"))

    def outer(request: Request) -> Response:
        if request.path == "/jobs":
            return Response(503, {}, b"again")
        return Response(200, {}, urllib3.request("GET", "https://inner.example/").data)

    with activate(inner, {"inner.example"}), activate(outer, HOSTS), requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=Retry(1, status_forcelist=[503])))
        with pytest.raises(requests.exceptions.RetryError):
            session.get(URL, timeout=5)
        assert session.get("https://api.example/other", timeout=5).text == "inner"


def test_whoever_listens_to_urllib3_hears_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    below = urllib3.HTTPConnectionPool.urlopen

    def listen(pool: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        heard.append(url)
        return below(pool, method, url, *args, **kwargs)

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", listen)
    with activate(Endpoint(Response(200, {}, b"asked")), HOSTS):
        assert requests.get(URL, timeout=5).text == "asked"
    assert heard


def test_what_replaces_the_adapter_of_requests_keeps_the_first_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(*_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code = 299
        return response

    monkeypatch.setattr(HTTPAdapter, "send", answer)
    with activate(Endpoint(Response(200)), HOSTS):
        assert requests.get(URL, timeout=5).status_code == 299
    assert HTTPAdapter.send is answer


def test_a_host_that_is_not_mocked_is_refused_by_its_name() -> None:
    with (
        activate(Endpoint(Response(200)), HOSTS),
        pytest.raises(RefusedHost, match=r"other\.example"),
    ):
        requests.get("https://other.example/", timeout=5)
