from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from dryshot.errors import RefusedHost, SpecDrift
from dryshot.http import Response
from dryshot.mounts.activation import activate
from tests.mounts.conftest import Server
from tests.mounts.endpoints import HOSTS, URL, Asked, echo, in_order


def retrying(**settings: Any) -> requests.Session:
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(backoff_factor=0, **settings)))
    return session


def test_sessions_made_before_and_inside_the_block_reach_the_endpoint() -> None:
    endpoint = Asked()
    before = requests.Session()
    with activate(endpoint, HOSTS):
        assert before.get(f"{URL}/a", timeout=(1, 2)).text == "asked"
        assert requests.get(f"{URL}/b", timeout=5).text == "asked"
        assert requests.Session().post("http://auth.example:81/c", json={}).text == "asked"
    assert [(r.origin, r.path) for r in endpoint.requests] == [
        ("https://api.example", "/a"),
        ("https://api.example", "/b"),
        ("http://auth.example:81", "/c"),
    ]


def test_a_session_made_inside_the_block_is_real_after_it(server: Server) -> None:
    with requests.Session() as session:
        with activate(Asked(), {"127.0.0.1"}):
            assert session.get(f"{server.url}/inside").text == "asked"
        assert session.get(f"{server.url}/after").text == "real"
    assert server.paths == ["/after"]


def test_an_idle_connection_to_the_real_host_is_not_used(server: Server) -> None:
    with requests.Session() as session:
        assert session.get(f"{server.url}/before").text == "real"
        with activate(Asked(), {"127.0.0.1"}):
            assert session.get(f"{server.url}/inside").text == "asked"
        assert session.get(f"{server.url}/after").text == "real"
    assert server.paths == ["/before", "/after"]


def test_the_endpoint_sees_the_request_as_it_was_sent() -> None:
    with activate(echo, HOSTS):
        told = requests.post(
            f"{URL}/jobs/a%2Fb?x=%20y", json={"a": 1}, headers={"X-Tag": "1"}, timeout=5
        ).json()
    assert (told["method"], told["target"]) == ("POST", "/jobs/a%2Fb?x=%20y")
    assert (told["origin"], told["port"]) == (URL, None)
    assert told["headers"]["x-tag"] == "1"
    assert told["headers"]["host"] == "api.example"
    assert told["headers"]["content-type"] == "application/json"
    assert told["body"] == "eyJhIjogMX0="


def test_bodies_may_be_generators_and_files() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one," * 1000
        yield b""
        yield b"two\r\n"

    endpoint = Asked()
    with activate(endpoint, HOSTS):
        requests.post(URL, data=chunks(), timeout=5)
        requests.put(URL, data=io.BytesIO(b"\r\n\r\nfile" * 10_000), timeout=5)
        requests.post(URL, files={"f": ("name", b"part")}, timeout=5)
    generator, file, form = endpoint.requests
    assert generator.headers["transfer-encoding"] == "chunked"
    assert generator.body == b"one," * 1000 + b"two\r\n"
    assert file.body == b"\r\n\r\nfile" * 10_000
    assert b'name="f"; filename="name"' in form.body


def test_repeated_headers_are_joined() -> None:
    endpoint = Asked()
    headers = urllib3.HTTPHeaderDict({"X-Tag": "1"})
    headers.add("X-Tag", "2")
    with activate(endpoint, HOSTS):
        urllib3.PoolManager().request("GET", URL, headers=headers)
    assert endpoint.last.headers["x-tag"] == "1, 2"


def test_an_answer_can_be_streamed() -> None:
    endpoint = Asked(lambda _: Response(200, {"content-type": "text/plain"}, b"one\ntwo\nthree"))
    with activate(endpoint, HOSTS):
        response = requests.get(URL, stream=True, timeout=5)
        assert list(response.iter_lines(chunk_size=2)) == [b"one", b"two", b"three"]
        response = requests.get(URL, stream=True, timeout=5)
        assert list(response.iter_content(8)) == [b"one\ntwo\n", b"three"]
        response = requests.get(URL, stream=True, timeout=5)
        assert (response.raw.status, response.raw.read(3), response.raw.read()) == (
            200,
            b"one",
            b"\ntwo\nthree",
        )


def test_compressed_content_is_decoded_unless_it_is_read_raw() -> None:
    packed = gzip.compress(b"plain")
    with activate(lambda _: Response(200, {"content-encoding": "gzip"}, packed), HOSTS):
        assert requests.get(URL, timeout=5).content == b"plain"
        assert requests.get(URL, stream=True, timeout=5).raw.read() == packed


def test_head_and_204_come_without_a_body() -> None:
    with activate(lambda _: Response(200, {}, b"four"), HOSTS):
        head = requests.head(URL, timeout=5)
    assert (head.content, head.headers["content-length"]) == (b"", "4")
    with activate(lambda _: Response(204, {}, b"four"), HOSTS):
        gone = requests.delete(URL, timeout=5)
    assert (gone.content, gone.reason, "content-length" in gone.headers) == (
        b"",
        "No Content",
        False,
    )


def test_redirects_cookies_and_hooks_are_the_sessions_own() -> None:
    endpoint = Asked(
        in_order(
            Response(302, {"location": "https://auth.example/in", "set-cookie": "a=1; Path=/"}),
            Response(200, {}, b"in"),
            Response(200, {}, b"again"),
        )
    )
    seen: list[int] = []
    with requests.Session() as session, activate(endpoint, HOSTS):
        session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
        response = session.get(f"{URL}/out")
        assert (response.text, response.url) == ("in", "https://auth.example/in")
        assert [past.status_code for past in response.history] == [302]
        session.get(URL)
    assert seen == [302, 200, 200]
    assert endpoint.last.headers["cookie"] == "a=1"


def test_a_redirect_to_another_host_is_refused() -> None:
    away = Response(302, {"location": "https://other.example/in"})
    with activate(lambda _: away, HOSTS), pytest.raises(RefusedHost, match=r"other\.example"):
        requests.get(URL, timeout=5)


def test_any_other_host_is_refused_and_the_message_says_how_to_allow_it() -> None:
    endpoint = Asked()
    with activate(endpoint, HOSTS), pytest.raises(RefusedHost) as refused:
        retrying(total=3).put("https://Other.example:8443/v1/jobs?token=secret")
    message = str(refused.value)
    assert "PUT https://other.example:8443/v1/jobs" in message
    assert "secret" not in message
    assert "allow_hosts=['other.example']" in message
    assert endpoint.requests == []


def test_allowed_hosts_go_to_the_network(server: Server) -> None:
    with activate(Asked(), HOSTS, allow_hosts=["127.0.0.1"]):
        assert requests.get(f"{server.url}/a", timeout=5).text == "real"
        assert requests.get(URL, timeout=5).text == "asked"
    assert server.paths == ["/a"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxies_in_the_environment_do_not_matter(
    monkeypatch: pytest.MonkeyPatch, server: Server, scheme: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, server.url)
        monkeypatch.setenv(name.lower(), server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    endpoint = Asked()
    with activate(endpoint, HOSTS):
        assert requests.get(f"{scheme}://api.example/jobs?a=1", timeout=5).text == "asked"
        with pytest.raises(RefusedHost, match=r"other\.example"):
            requests.get(f"{scheme}://other.example/", timeout=5)
    assert (endpoint.last.origin, endpoint.last.target) == (f"{scheme}://api.example", "/jobs?a=1")
    assert server.paths == []


def test_adapters_that_override_and_call_super_are_covered() -> None:
    class Tagging(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_minimum_version=771, **kwargs)

        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override] # as adapters in the wild do
            request.headers["x-tag"] = "1"
            response = super().send(request, **kwargs)
            response.headers["x-seen"] = "1"
            return response

    endpoint = Asked()
    session = requests.Session()
    session.mount("https://", Tagging())
    with activate(endpoint, HOSTS):
        assert session.get(URL).headers["x-seen"] == "1"
    assert endpoint.last.headers["x-tag"] == "1"


def test_adapters_that_choose_their_own_pool_are_covered() -> None:
    class Own(HTTPAdapter):
        def get_connection_with_tls_context(self, *_: Any, **__: Any) -> Any:
            return urllib3.HTTPSConnectionPool("api.example", 443)

        get_connection = get_connection_with_tls_context

    session = requests.Session()
    session.mount("https://", Own())
    with activate(Asked(), HOSTS):
        assert session.get(URL).text == "asked"


def test_a_status_is_tried_again_as_the_retry_policy_says() -> None:
    busy = Response(503, {"retry-after": "0"}, b"busy")
    endpoint = Asked(in_order(busy, busy, Response(200, {}, b"at last")))
    with activate(endpoint, HOSTS):
        assert retrying(total=2, status_forcelist=[503]).get(URL).text == "at last"
    assert len(endpoint.requests) == 3

    with activate(lambda _: busy, HOSTS), pytest.raises(requests.exceptions.RetryError):
        retrying(total=2, status_forcelist=[503]).get(URL)


def test_a_refused_connection_is_tried_again_as_the_retry_policy_says() -> None:
    refused = ConnectionRefusedError("down")
    endpoint = Asked(in_order(refused, refused, Response(200, {}, b"at last")))
    with activate(endpoint, HOSTS):
        assert retrying(connect=2).post(URL, data=b"body").text == "at last"
    assert [request.body for request in endpoint.requests] == [b"body"] * 3


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (ConnectionRefusedError("down"), requests.exceptions.ConnectionError),
        (ConnectionResetError("cut"), requests.exceptions.ConnectionError),
        (TimeoutError("slow"), requests.exceptions.ReadTimeout),
    ],
)
def test_a_failing_network_looks_as_requests_would_show_it(
    raised: Exception, seen: type[Exception]
) -> None:
    with activate(in_order(raised), HOSTS), pytest.raises(seen):
        requests.get(URL, timeout=5)


@pytest.mark.parametrize("error", [SpecDrift("not in the document"), RefusedHost("no")])
def test_an_exception_of_the_endpoint_is_not_retried_and_reaches_the_caller_unchanged(
    error: Exception,
) -> None:
    cause = KeyError("id")
    error.__cause__ = cause
    endpoint = Asked(in_order(error))
    with activate(endpoint, HOSTS), pytest.raises(type(error)) as caught:
        retrying(total=5).get(URL)
    assert caught.value is error
    assert caught.value.__cause__ is cause
    assert caught.value.__context__ is None
    assert len(endpoint.requests) == 1


def test_a_file_that_an_endpoint_misses_is_not_taken_for_a_failing_network() -> None:
    error = FileNotFoundError("cassette")
    endpoint = Asked(in_order(error))
    with activate(endpoint, HOSTS), pytest.raises(FileNotFoundError) as caught:
        urllib3.PoolManager().request("GET", URL, retries=Retry(5))
    assert caught.value is error
    assert len(endpoint.requests) == 1


def test_unverified_requests_raise_no_warning_since_nothing_is_sent() -> None:
    with activate(Asked(), HOSTS):
        assert requests.get(URL, verify=False, timeout=5).text == "asked"  # noqa: S501 - see name


def test_plain_urllib3_is_covered(server: Server) -> None:
    endpoint = Asked()
    pool = urllib3.HTTPSConnectionPool("api.example")
    proxies = urllib3.ProxyManager(server.url)
    with activate(endpoint, HOSTS):
        assert urllib3.request("GET", f"{URL}/a").data == b"asked"
        assert pool.request("GET", "/b?c=1").data == b"asked"
        assert proxies.request("GET", f"{URL}/d").data == b"asked"
        assert proxies.request("GET", "http://auth.example/e").data == b"asked"
        with pytest.raises(RefusedHost):
            urllib3.request("GET", "https://other.example/")
    assert [(r.origin, r.target) for r in endpoint.requests] == [
        (URL, "/a"),
        (URL, "/b?c=1"),
        (URL, "/d"),
        ("http://auth.example", "/e"),
    ]
    assert server.paths == []


def test_a_pool_still_refuses_a_url_of_another_host() -> None:
    pool = urllib3.HTTPSConnectionPool("api.example")
    with activate(Asked(), HOSTS), pytest.raises(urllib3.exceptions.HostChangedError):
        pool.request("GET", "https://auth.example/")
