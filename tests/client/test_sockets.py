"""The client over real sockets of this machine."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dryshot_client import AsyncLegacyRuntime, ConnectionFailed, LegacyRuntime
from tests.client.loopback import Served, serve
from tests.client.stage import API_TOKEN, Clock, job


class Service:
    """Logs in, and answers each job; the first ``failures`` answers for a job are cut short."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.seen: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, request: Served) -> None:
        with self.lock:
            self.seen.append(f"{request.command} {request.path}")
            cut = "/jobs" in request.path and self.failures > 0
            self.failures -= cut
        if cut:
            request.hang_up()
        elif request.path == "/api/users/loginWithToken":
            assert json.loads(request.body) == {"apiToken": API_TOKEN}
            request.answer({"id": "access"})
        else:
            request.answer(job(request.path.removeprefix("/jobs/")))


def blocking(url: str, retries: int = 3) -> LegacyRuntime:
    return LegacyRuntime(
        api_token=API_TOKEN,
        auth_url=f"{url}/api",
        runtime_url=url,
        retries=retries,
        sleep=Clock().sleep,
    )


def test_an_id_reaches_the_service_as_one_segment() -> None:
    service = Service()
    with serve(service) as url, blocking(url) as runtime:
        runtime.jobs.get("a/b%2F ü")
    assert service.seen[-1] == "GET /jobs/a%2Fb%252F%20%C3%BC"


def test_an_answer_cut_short_is_asked_for_again() -> None:
    service = Service(failures=2)
    with serve(service) as url, blocking(url) as runtime:
        assert runtime.jobs.get("j1")["id"] == "j1"
    assert service.seen[1:] == ["GET /jobs/j1"] * 3


def test_an_answer_cut_short_is_asked_for_again_asynchronously() -> None:
    service = Service(failures=2)

    async def main(url: str) -> None:
        async with AsyncLegacyRuntime(
            api_token=API_TOKEN, auth_url=f"{url}/api", runtime_url=url, sleep=Clock().async_sleep
        ) as runtime:
            assert (await runtime.jobs.get("j1"))["id"] == "j1"

    with serve(service) as url:
        asyncio.run(main(url))
    assert service.seen[1:] == ["GET /jobs/j1"] * 3


def test_a_submission_cut_short_is_not_sent_again() -> None:
    service = Service(failures=9)
    with (
        serve(service) as url,
        blocking(url) as runtime,
        pytest.raises(ConnectionFailed, match="RemoteProtocolError"),
    ):
        runtime.jobs.create(program="sampler", backend="b")
    assert service.seen[1:] == ["POST /jobs"]


def test_a_port_where_nobody_listens_is_a_lost_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        blocking(f"http://127.0.0.1:{port}", retries=2) as runtime,
        pytest.raises(ConnectionFailed, match=f"http://127.0.0.1:{port}/api/users/loginWithToken"),
    ):
        runtime.jobs.get("j1")


def test_threads_share_a_runtime_and_its_one_login() -> None:
    service = Service()
    with serve(service) as url, blocking(url) as runtime, ThreadPoolExecutor(20) as pool:
        names = [f"j{number}" for number in range(20)]
        assert [each["id"] for each in pool.map(runtime.jobs.get, names)] == names
    assert sum("loginWithToken" in line for line in service.seen) == 1


def test_anyio_sleeps_where_no_sleep_is_given() -> None:
    service = Service(failures=1)

    async def main(url: str) -> None:
        async with AsyncLegacyRuntime(
            api_token=API_TOKEN, auth_url=f"{url}/api", runtime_url=url, retries=1
        ) as runtime:
            await runtime.jobs.get("j1")

    with serve(service) as url:
        asyncio.run(main(url))
