from __future__ import annotations

import asyncio
import contextvars
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests
import urllib3

from dryshot.errors import RefusedHost
from dryshot.mounts.activation import activate
from tests.mounts.conftest import Server
from tests.mounts.endpoints import HOSTS, URL, Asked

TIMEOUT = 20


def ask() -> str:
    return httpx.get(URL).text


def ask_by_requests() -> str:
    return requests.get(URL, timeout=5).text


def in_thread(work: Callable[[], str]) -> str:
    """What ``work`` gives in a new thread, which has no context of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(TIMEOUT)


def test_the_innermost_activation_wins_and_the_outer_one_returns() -> None:
    with activate(Asked(name="outer"), HOSTS):
        with activate(Asked(name="inner"), HOSTS):
            assert (ask(), ask_by_requests()) == ("inner", "inner")
        assert (ask(), ask_by_requests()) == ("outer", "outer")


def test_a_host_that_only_the_outer_activation_knows_is_its_own() -> None:
    with activate(Asked(name="outer"), HOSTS), activate(Asked(name="inner"), {"auth.example"}):
        assert ask() == "outer"
        assert httpx.get("https://auth.example/").text == "inner"
        with pytest.raises(RefusedHost, match=r"Mocked hosts: api\.example, auth\.example\."):
            httpx.get("https://other.example/")


def test_activations_may_end_in_any_order() -> None:
    first, second = activate(Asked(name="first"), HOSTS), activate(Asked(name="second"), HOSTS)
    with first:
        second.__enter__()
    try:
        assert ask() == "second"
        assert in_thread(ask_by_requests) == "second"
    finally:
        second.__exit__(None, None, None)


def test_an_exception_inside_the_block_ends_the_activation() -> None:
    original = httpx.HTTPTransport.handle_request

    def work() -> float:
        assert httpx.HTTPTransport.handle_request is not original
        return 1 / 0

    with pytest.raises(ZeroDivisionError), activate(Asked(), HOSTS):
        work()
    assert httpx.HTTPTransport.handle_request is original


def test_a_call_that_outlives_the_block_goes_to_the_network(server: Server) -> None:
    request = httpx.Request("GET", server.url)
    pool = urllib3.connection_from_url(server.url)

    async def ask_late() -> bytes:
        async with httpx.AsyncHTTPTransport() as transport:
            return await (await late_async(transport, request)).aread()

    with activate(Asked(), HOSTS):
        late = httpx.HTTPTransport.handle_request
        late_async = httpx.AsyncHTTPTransport.handle_async_request
        late_urlopen = urllib3.HTTPConnectionPool.urlopen
    with httpx.HTTPTransport() as transport:
        assert late(transport, request).read() == b"real"
    assert asyncio.run(ask_late()) == b"real"
    assert late_urlopen(pool, "GET", "/").data == b"real"
    pool.close()


def test_a_library_that_cannot_be_patched_leaves_the_others_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = httpx.HTTPTransport.handle_request
    with monkeypatch.context() as another_urllib3:
        for kind in urllib3.HTTPConnectionPool.__mro__:
            another_urllib3.delattr(kind, "urlopen", raising=False)
        with pytest.raises(AttributeError, match="urlopen"), activate(Asked(), HOSTS):
            pass
    assert httpx.HTTPTransport.handle_request is original
    with activate(Asked(), HOSTS):
        assert (ask(), ask_by_requests()) == ("asked", "asked")


def test_nothing_keeps_an_endpoint_alive_after_the_block() -> None:
    endpoint = Asked()
    alive = weakref.ref(endpoint)
    with activate(endpoint, HOSTS):
        ask()
        ask_by_requests()
    del endpoint
    gc.collect()
    assert alive() is None


def test_an_activation_may_be_used_again_but_not_twice_at_once() -> None:
    activation = activate(Asked(), HOSTS)
    for _ in range(2):
        with activation:
            assert ask() == "asked"
            with pytest.raises(RuntimeError, match="live already"):
                activation.__enter__()
            assert ask() == "asked"


def test_a_text_in_place_of_a_collection_of_hosts_is_an_error() -> None:
    with pytest.raises(TypeError, match="allow_hosts"):
        activate(Asked(), HOSTS, allow_hosts="localhost")
    with pytest.raises(TypeError, match="hosts"):
        activate(Asked(), "localhost")


def test_it_decorates_functions() -> None:
    @activate(Asked(), HOSTS)
    def count(depth: int) -> int:
        """Recursive, so that activations of one decorator nest."""
        assert ask() == "asked"
        return depth if depth == 0 else 1 + count(depth - 1)

    assert count(2) == 2
    assert count.__name__ == "count"


def test_it_decorates_coroutine_functions_for_as_long_as_they_run() -> None:
    @activate(Asked(), HOSTS)
    async def run() -> str:
        await asyncio.sleep(0)
        async with httpx.AsyncClient() as client:
            return (await client.get(URL)).text

    assert asyncio.run(run()) == "asked"


def test_a_plain_worker_thread_belongs_to_the_only_nest() -> None:
    with activate(Asked(name="outer"), HOSTS):
        assert in_thread(ask) == "outer"
        with activate(Asked(name="inner"), {"api.example"}):
            assert (in_thread(ask), in_thread(ask_by_requests)) == ("inner", "inner")


@pytest.mark.parametrize("work", [ask, ask_by_requests])
def test_a_plain_worker_thread_is_refused_when_two_mocks_are_active(
    work: Callable[[], str],
) -> None:
    entered, done = threading.Event(), threading.Event()

    def other() -> None:
        with activate(Asked(name="other"), HOSTS):
            entered.set()
            assert done.wait(TIMEOUT)

    thread = threading.Thread(target=other)
    with activate(Asked(name="mine"), HOSTS):
        thread.start()
        try:
            assert entered.wait(TIMEOUT)
            with pytest.raises(RefusedHost, match=r"copy_context\(\)\.run") as refused:
                in_thread(work)
            assert "GET https://api.example/" in str(refused.value)
            copied = contextvars.copy_context()
            assert in_thread(lambda: copied.run(work)) == "mine"
            assert work() == "mine"
        finally:
            done.set()
            thread.join()
        assert in_thread(work) == "mine"


def test_many_threads_with_a_mock_each_never_meet() -> None:
    count = 8
    barrier = threading.Barrier(count)

    def one(number: int) -> set[str]:
        heard: set[str] = set()
        endpoint = Asked(name=str(number))
        with httpx.Client() as client, requests.Session() as session:
            for _ in range(3):
                barrier.wait(TIMEOUT)
                with activate(endpoint, HOSTS):
                    barrier.wait(TIMEOUT)
                    for _ in range(5):
                        heard |= {client.get(URL).text, session.get(URL).text}
        assert len(endpoint.requests) == 30
        return heard

    with ThreadPoolExecutor(count) as pool:
        heard = list(pool.map(one, range(count), timeout=TIMEOUT))
    assert heard == [{str(number)} for number in range(count)]


def test_one_mock_answers_many_threads() -> None:
    endpoint = Asked()
    with activate(endpoint, HOSTS), ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(lambda n: ask() if n % 2 else ask_by_requests(), range(40)))
    assert heard == ["asked"] * 40
    assert len(endpoint.requests) == 40


def test_tasks_with_a_mock_each_never_meet() -> None:
    count = 5

    async def one(number: int, barrier: asyncio.Barrier) -> set[str]:
        heard: set[str] = set()
        with activate(Asked(name=str(number)), HOSTS):
            async with httpx.AsyncClient() as client:
                for _ in range(3):
                    await barrier.wait()
                    heard.add((await client.get(URL)).text)
                    heard.add(await asyncio.to_thread(ask_by_requests))
        return heard

    async def run() -> list[set[str]]:
        barrier = asyncio.Barrier(count)
        return await asyncio.gather(*(one(number, barrier) for number in range(count)))

    with activate(Asked(name="outer"), HOSTS):
        assert asyncio.run(run()) == [{str(number)} for number in range(count)]
        assert ask() == "outer"


def test_a_task_made_inside_the_block_is_of_the_block() -> None:
    async def run() -> str:
        with activate(Asked(name="outer"), HOSTS):
            async with httpx.AsyncClient() as client:
                task = asyncio.create_task(client.get(URL))
                with activate(Asked(name="inner"), HOSTS):
                    return (await task).text

    assert asyncio.run(run()) == "outer"


def test_an_activation_may_end_in_another_context_than_it_began() -> None:
    activation = activate(Asked(), HOSTS)
    contextvars.copy_context().run(activation.__enter__)
    assert ask() == "asked"
    contextvars.copy_context().run(activation.__exit__, None, None, None)


def python(code: str) -> str:
    """The output of ``code`` in an interpreter where nothing is imported yet."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_requests_is_not_imported_and_is_caught_when_it_is_imported_later() -> None:
    assert (
        python(
            """
import sys
from dryshot.http import Response
from dryshot.mounts.activation import activate
assert "httpx" not in sys.modules
with activate(lambda _: Response(200, {}, b"asked"), {"api.example"}):
    assert "requests" not in sys.modules
    import requests
    print(requests.get("https://api.example/", timeout=5).text)
"""
        )
        == "asked"
    )


def test_without_urllib3_httpx_alone_is_mounted() -> None:
    assert (
        python(
            """
import sys
sys.modules["urllib3"] = None
from dryshot.http import Response
from dryshot.mounts.activation import activate
with activate(lambda _: Response(200, {}, b"asked"), {"api.example"}):
    import httpx
    print(httpx.get("https://api.example/").text)
"""
        )
        == "asked"
    )
