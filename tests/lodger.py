"""What one of many does with a mock of its own: all that it must see is its own, and no more."""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
import requests

from dryshot import Mock
from dryshot_client import AsyncRuntime, ConnectionFailed, read_sampler_result

__all__ = ["live"]

VERSIONS = "https://quantum.cloud.ibm.com/api/v1/versions"
BIT = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
TLS = ssl.create_default_context()  # one for all: to make one takes longer than all the rest


def live(mock: Mock, number: int) -> None:
    """Let things go wrong in its own way, and see that they did; ``mock`` is active and new."""
    begun = mock.clock.now()
    mock.clock.step = 0
    mock.faults.fail(429, retry_after=100 + number, operation="get_versions", nth=1 + number % 3)
    lost = mock.faults.lose_response("drop", operation="create_job")
    mock.world.trouble.pause("ibm_fez", f"reason {number}")
    mock.when(program_id="sampler").returns(counts={"0": number + 1, "1": 3})
    with mock.clock.patch_sleep():
        _ask_in_turn(number)
        _sleep(mock, begun, number)
        asyncio.run(_submit(mock, number))
    assert lost.hits == 1
    assert not mock.unused_expectations
    assert {exchange.fault for exchange in mock.journal} == {None, "fail 429", "lose_response"}


def _ask_in_turn(number: int) -> None:
    """By both libraries, so that the fault meets either."""
    with httpx.Client(verify=TLS) as client, requests.Session() as session:
        answers: list[httpx.Response | requests.Response] = [
            client.get(VERSIONS),
            session.get(VERSIONS, timeout=5),
            client.get(VERSIONS),
            session.get(VERSIONS, timeout=5),
        ]
    waits = [answer.headers.get("retry-after") for answer in answers]
    own: list[str | None] = [None] * 4
    own[number % 3] = str(100 + number)
    assert waits == own


def _sleep(mock: Mock, begun: datetime, number: int) -> None:
    """Some days, which only its own clock and its own ``time`` know of."""
    days = (1 + number) * 86400
    time.sleep(days)
    asyncio.run(asyncio.sleep(days))
    assert mock.clock.now() == begun + timedelta(seconds=2 * days)
    assert time.time() == mock.clock.time()


async def _submit(mock: Mock, number: int) -> None:
    """A job whose first answer is lost, its result, and its device."""
    tag, device = f"of-{number}", "ibm_fez"
    async with (
        httpx.AsyncClient(verify=TLS) as client,
        AsyncRuntime(api_key=f"key-{number}", instance="premium-instance", client=client) as own,
    ):
        assert (await own.backends.status(device)).message == f"reason {number}"
        with suppress(ConnectionFailed):
            await own.sampler(device, BIT, tags=[tag])
        (found,) = [job async for job in own.jobs.list()]
        assert found.tags == [tag]
        mock.world.trouble.clear()
        await own.jobs.wait(found.id)
        result = read_sampler_result(await own.jobs.results(found.id))
    assert result[0].counts() == {"0": number + 1, "1": 3}
