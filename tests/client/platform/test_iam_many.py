"""Many callers and one IamAuth: threads, tasks, event loops; and the mock itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest

import dryshot
from dryshot_client.errors import AuthenticationError, RuntimeApiError, ServerError
from dryshot_client.platform.iam import IamAuth
from tests.client.loopback import Served, serve
from tests.client.platform.iam_stage import KEY, URL, Iam, Sky, token
from tests.client.stage import Clock, answer

THREADS = 50
TASKS = 200
TAGS = URL.replace("backends", "tags")
PATIENCE = 20.0
"""Seconds of real time after which something is taken to hang."""


def run_threads(count: int, action: Callable[[], int]) -> list[int]:
    """What ``action`` returns in so many threads that start it at the same time."""
    start = threading.Barrier(count)

    def run() -> int:
        start.wait(PATIENCE)
        return action()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run) for _ in range(count)]]


def get(client: httpx.Client) -> Callable[[], int]:
    return lambda: client.get(URL).status_code


async def gather(auth: IamAuth, service: Callable[..., object], count: int) -> list[object]:
    """What comes of so many tasks that share a client: a status, or an exception."""
    transport = httpx.MockTransport(service)  # type: ignore[arg-type] # as httpx has it, a handler may be a coroutine function too
    async with httpx.AsyncClient(transport=transport, auth=auth) as client:
        answers = await asyncio.gather(
            *[client.get(URL) for _ in range(count)], return_exceptions=True
        )
    return [each.status_code if isinstance(each, httpx.Response) else each for each in answers]


def lingering(sky: Sky) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    """The same with an IAM that takes its time, so that all tasks come to wait for it."""

    async def service(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/identity/token":
            for _ in range(50):
                await asyncio.sleep(0)
        return sky(request)

    return service


def test_50_threads_with_no_token_obtain_one() -> None:
    sky = Sky()
    with httpx.Client(transport=httpx.MockTransport(sky), auth=IamAuth(KEY)) as client:
        assert run_threads(THREADS, get(client)) == [200] * THREADS
    assert len(sky.asked) == 1


def test_50_threads_whose_token_is_due_obtain_one() -> None:
    sky = Sky()
    play = Iam("sync", sky)
    play.get()
    play.clock.now = 2880
    with httpx.Client(transport=httpx.MockTransport(sky), auth=play.auth) as client:
        assert run_threads(THREADS, get(client)) == [200] * THREADS
    assert len(sky.asked) == 2


def test_50_threads_whose_token_was_refused_at_once_obtain_one() -> None:
    together = threading.Barrier(THREADS)

    def service(request: httpx.Request) -> httpx.Response:
        response = sky(request)
        if response.status_code == 401:
            together.wait(PATIENCE)  # nobody renews before all have been refused
        return response

    sky = Sky()
    play = Iam("sync", sky)
    play.get()
    sky.expire()
    with httpx.Client(transport=httpx.MockTransport(service), auth=play.auth) as client:
        assert run_threads(THREADS, get(client)) == [200] * THREADS
    assert len(sky.asked) == 2
    assert len(sky.served) == 1 + 2 * THREADS


def test_five_clients_of_one_socket_each_renew_once_and_none_waits_for_ever() -> None:
    together = threading.Barrier(5)
    asked: list[str] = []

    def service(request: Served) -> None:
        if request.path == "/identity/token":
            asked.append(request.path)
            request.answer({"access_token": f"accesstoken{len(asked)}", "expires_in": 3600})
        elif request.headers["authorization"] == "Bearer accesstoken1":
            together.wait(PATIENCE)  # nobody renews before all have been refused
            request.answer({}, 401)
        else:
            request.answer({})

    def ask() -> int:
        with httpx.Client(auth=auth, limits=one, timeout=PATIENCE) as client:
            return client.get(url).status_code

    one = httpx.Limits(max_connections=1)
    with serve(service) as url:
        auth = IamAuth(KEY, iam_url=url)
        assert run_threads(5, ask) == [200] * 5
    assert len(asked) == 2


def test_tasks_that_wait_for_a_token_leave_their_sockets_to_the_one_who_asks() -> None:
    asked: list[str] = []

    def service(request: Served) -> None:
        if request.path == "/identity/token":
            asked.append(request.path)
            request.answer({"access_token": f"accesstoken{len(asked)}", "expires_in": 3600})
        else:
            good = request.headers["authorization"] == "Bearer accesstoken2"
            request.answer({}, 200 if good else 401)

    async def main() -> list[int]:
        auth = IamAuth(KEY, iam_url=url)
        limits = httpx.Limits(max_connections=2)
        async with httpx.AsyncClient(auth=auth, limits=limits, timeout=PATIENCE) as client:
            answers = await asyncio.gather(*[client.get(url) for _ in range(10)])
        return [each.status_code for each in answers]

    with serve(service) as url:
        assert asyncio.run(main()) == [200] * 10
    assert len(asked) == 2


@pytest.mark.parametrize("service_of", [lambda sky: sky, lingering], ids=["swift", "slow"])
def test_200_tasks_with_no_token_obtain_one(
    service_of: Callable[[Sky], Callable[..., object]],
) -> None:
    sky = Sky()
    statuses = asyncio.run(gather(IamAuth(KEY), service_of(sky), TASKS))
    assert statuses == [200] * TASKS
    assert len(sky.asked) == 1


def test_200_tasks_whose_token_is_due_obtain_one() -> None:
    sky = Sky()
    play = Iam("async", sky)
    play.get()
    play.clock.now = 2880
    assert asyncio.run(gather(play.auth, lingering(sky), TASKS)) == [200] * TASKS
    assert len(sky.asked) == 2


def test_200_tasks_whose_token_was_refused_at_once_obtain_one() -> None:
    async def main() -> list[object]:
        together = asyncio.Barrier(TASKS)

        async def service(request: httpx.Request) -> httpx.Response:
            response = sky(request)
            if response.status_code == 401:
                await together.wait()
            return response

        return await gather(play.auth, service, TASKS)

    sky = Sky()
    play = Iam("async", sky)
    play.get()
    sky.expire()
    assert asyncio.run(main()) == [200] * TASKS
    assert len(sky.asked) == 2
    assert len(sky.served) == 1 + 2 * TASKS


def test_a_late_401_takes_the_token_that_another_has_obtained_meanwhile() -> None:
    async def main() -> int:
        refused, renewed = asyncio.Event(), asyncio.Event()

        async def service(request: httpx.Request) -> httpx.Response:
            response = sky(request)
            if request.url.path.endswith("/late") and response.status_code == 401:
                refused.set()
                await renewed.wait()
            return response

        transport = httpx.MockTransport(service)
        async with httpx.AsyncClient(transport=transport, auth=play.auth) as client:
            late = asyncio.create_task(client.get(f"{URL}/late"))
            await refused.wait()
            await client.get(URL)
            renewed.set()
            return (await late).status_code

    sky = Sky()
    play = Iam("async", sky)
    play.get()
    sky.expire()
    assert asyncio.run(main()) == 200
    assert len(sky.asked) == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(400, AuthenticationError), (403, AuthenticationError), (503, ServerError)]
)
def test_all_who_wait_share_a_refusal_and_a_later_call_asks_again(
    status: int, kind: type[RuntimeApiError]
) -> None:
    sky = Sky(answer({"errorCode": "X", "errorMessage": "No."}, status), token("accesstoken"))
    auth = IamAuth(KEY, retries=0)
    errors = asyncio.run(gather(auth, lingering(sky), 20))
    assert {type(error) for error in errors} == {kind}
    assert {str(error) for error in errors} == {f"POST /identity/token: {status} (X) No."}
    assert len({id(error) for error in errors}) == 20  # each with a traceback of its own
    assert len(sky.asked) == 1
    assert asyncio.run(gather(auth, lingering(sky), 20)) == [200] * 20
    assert len(sky.asked) == 2


def test_after_a_lost_connection_each_who_waits_tries_once_in_turn() -> None:
    sky = Sky(httpx.ConnectError("down"))
    errors = asyncio.run(gather(IamAuth(KEY), lingering(sky), 20))
    assert {type(error) for error in errors} == {httpx.ConnectError}
    assert len(sky.asked) == 20


@pytest.mark.parametrize("cancelled", [0, 1], ids=["who asks", "who waits"])
def test_a_cancelled_task_leaves_the_others_their_turn(cancelled: int) -> None:
    async def main() -> list[object]:
        asking = asyncio.Event()
        go_on = asyncio.Event()

        async def service(request: httpx.Request) -> httpx.Response:
            asking.set()
            await go_on.wait()
            return sky(request)

        transport = httpx.MockTransport(service)
        async with httpx.AsyncClient(transport=transport, auth=auth) as client:
            tasks = [asyncio.create_task(client.get(URL)) for _ in range(3)]
            await asyncio.wait_for(asking.wait(), PATIENCE)
            tasks[cancelled].cancel()
            go_on.set()
            return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), PATIENCE)

    sky = Sky()
    auth = IamAuth(KEY)
    outcomes = asyncio.run(main())
    assert isinstance(outcomes.pop(cancelled), asyncio.CancelledError)
    assert [each.status_code for each in outcomes if isinstance(each, httpx.Response)] == [200] * 2
    assert len(sky.asked) == 1


def test_a_task_cancelled_while_it_pauses_leaves_the_others_their_turn() -> None:
    async def main() -> int:
        pausing = asyncio.Event()

        async def pause(_: float) -> None:
            pausing.set()
            await asyncio.Event().wait()

        auth = IamAuth(KEY, async_sleep=pause)
        async with httpx.AsyncClient(transport=httpx.MockTransport(sky), auth=auth) as client:
            first, second = (asyncio.create_task(client.get(URL)) for _ in range(2))
            await asyncio.wait_for(pausing.wait(), PATIENCE)
            first.cancel()
            return (await asyncio.wait_for(second, PATIENCE)).status_code

    sky = Sky(httpx.Response(503), token("accesstoken"))
    assert asyncio.run(main()) == 200


def test_a_timeout_of_anyio_leaves_the_lock_free() -> None:
    async def main() -> int:
        async def service(request: httpx.Request) -> httpx.Response:
            if not sky.asked:
                sky(request)
                scope.cancel()
            return sky(request) if scope.cancelled_caught else await never(request)

        async def never(_: httpx.Request) -> httpx.Response:
            await anyio.sleep_forever()
            raise AssertionError

        async with httpx.AsyncClient(transport=httpx.MockTransport(service), auth=auth) as client:
            with anyio.CancelScope() as scope:
                await client.get(URL)
            assert scope.cancelled_caught
            with anyio.fail_after(PATIENCE):
                return (await client.get(URL)).status_code

    sky = Sky()
    auth = IamAuth(KEY)
    assert asyncio.run(main()) == 200


def test_without_a_sleeper_of_its_own_a_task_waits_by_anyio() -> None:
    sky = Sky(httpx.Response(429, headers={"retry-after": "0"}), token("accesstoken"))
    assert asyncio.run(gather(IamAuth(KEY), sky, 2)) == [200, 200]
    assert len(sky.asked) == 2


def test_a_flow_that_is_closed_half_way_leaves_the_lock_free() -> None:
    sky = Sky()
    play = Iam("sync", sky)
    flow = play.auth.sync_auth_flow(httpx.Request("GET", URL))
    assert next(flow).url.path == "/identity/token"
    flow.close()
    assert run_threads(1, lambda: play.get().status_code) == [200]


def test_an_asynchronous_flow_that_is_closed_half_way_leaves_the_lock_free() -> None:
    async def main() -> int:
        flow = play.auth.async_auth_flow(httpx.Request("GET", URL))
        assert (await anext(flow)).url.path == "/identity/token"
        await flow.aclose()
        transport = httpx.MockTransport(sky)
        async with httpx.AsyncClient(transport=transport, auth=play.auth) as client:
            return (await asyncio.wait_for(client.get(URL), PATIENCE)).status_code

    sky = Sky()
    play = Iam("async", sky)
    assert asyncio.run(main()) == 200


def test_threads_and_event_loops_share_one_token() -> None:
    sky = Sky()
    clock = Clock()
    auth = IamAuth(KEY, monotonic=clock.monotonic)
    plays = [Iam(kind, sky) for kind in ("sync", "async") * 4]
    for play in plays:
        play.auth = auth
    assert plays[0].get().status_code == 200
    remaining = iter(plays[1:])
    statuses = run_threads(len(plays) - 1, lambda: next(remaining).get().status_code)
    assert statuses == [200] * (len(plays) - 1)
    assert len(sky.asked) == 1


def test_threads_and_event_loops_that_all_need_a_token_each_get_a_good_one() -> None:
    good: set[str] = set()
    lock = threading.Lock()

    def service(request: httpx.Request) -> httpx.Response:
        with lock:
            if request.url.path == "/identity/token":
                good.add(f"Bearer accesstoken{len(good)}")
                return token(f"accesstoken{len(good) - 1}")
            return httpx.Response(200 if request.headers["authorization"] in good else 401)

    auth = IamAuth(KEY)
    kinds = iter(["sync", "async"] * 4)

    def ask() -> int:
        with lock:
            play = Iam(next(kinds), service)
        play.auth = auth
        return play.get().status_code

    assert run_threads(8, ask) == [200] * 8
    assert 1 <= len(good) <= 5  # one for all threads, and one for each of the loops at most


def asked_of(mock: dryshot.Mock) -> int:
    return sum(each.request.path == "/identity/token" for each in mock.journal)


def test_the_mock_s_clock_ends_a_token_and_one_renewal_heals_it() -> None:
    mock = dryshot.Mock()
    with httpx.Client(transport=mock.transport(), auth=IamAuth(KEY)) as client:
        search = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
        body = {"query": "service_name:quantum-computing", "fields": ["crn"]}
        crn = client.post(search, json=body).json()["items"][0]["crn"]
        client.headers["service-crn"] = crn
        assert client.get(URL).status_code == 200
        assert asked_of(mock) == 1
        mock.clock.advance(3601)
        assert client.get(URL).status_code == 200
    assert asked_of(mock) == 2


def test_the_mock_s_clock_ends_a_token_and_one_renewal_heals_it_for_many_tasks() -> None:
    async def main() -> None:
        async with httpx.AsyncClient(transport=mock.async_transport(), auth=IamAuth(KEY)) as client:
            assert (await client.get(TAGS)).status_code == 400  # no instance is named
            mock.clock.advance(3601)
            answers = await asyncio.gather(*[client.get(TAGS) for _ in range(10)])
            assert {each.status_code for each in answers} == {400}

    mock = dryshot.Mock()
    asyncio.run(main())
    assert asked_of(mock) == 2
