"""What a request costs in process, beside the least: ``python -m benchmarks.inprocess``.

The least is the same call on the library's own constant answer, of the same bytes. Both take turns
in short blocks, so that whatever else the machine does meets both, and only time of this process
counts; the fastest blocks of each are compared, and the median of the pairs is shown beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import requests
import requests.adapters

import dryshot
from dryshot.contract import Contract
from dryshot.http import Request
from dryshot.world.work import Outcome

IAM = "https://iam.cloud.ibm.com/identity/token"
INSTANCES = "https://resource-controller.cloud.ibm.com/v2/resource_instances"
BASE = "https://quantum.cloud.ibm.com/api/v1"
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
JOB: dict[str, Any] = {
    "program_id": "sampler",
    "backend": "ibm_fez",
    "params": {"pubs": [[QASM]], "version": 2},
}
CALLS = 10
"""In a block."""

Send = Callable[[str, str, Any], Any]
"""From method, URL and JSON body to the answer, read and decoded."""


class Result(NamedTuple):
    """One line of the table; ``unit`` is "x", a multiple of the floor, or "us"."""

    name: str
    target: float
    measured: float
    median: float
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the target is reached, at the machine's best."""
        return self.measured <= self.target


class Case(NamedTuple):
    """A call that is measured, and whether it is to be refused."""

    name: str
    method: str
    url: str
    body: Any = None


def measure(floor: Callable[[], object], call: Callable[[], object], blocks: int) -> list[float]:
    """How many times as long ``call`` takes: at best, and in the median of the pairs."""
    taken: tuple[list[float], list[float]] = ([], [])
    for block in range(blocks + 1):
        for one, times in zip((floor, call), taken, strict=True):
            start = time.process_time()
            for _ in range(CALLS):
                one()
            times.append(time.process_time() - start)
        if not block:  # the first one warms up
            for times in taken:
                times.clear()
    pairs = (mine / least for least, mine in zip(*taken, strict=True))
    return [min(taken[1]) / min(taken[0]), statistics.median(pairs)]


def prepare() -> tuple[dryshot.Mock, dict[str, str], list[Case]]:
    """A mock with a job that is done, the headers of a caller, and what is asked of it."""
    outcome = Outcome(failed=False, body="{}")
    mock = dryshot.Mock(engine=lambda _task: outcome)
    mock.clock.step = 0  # a token lives for an hour, which no request is to end
    with httpx.Client(transport=mock.transport()) as client:
        grant = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key"}
        headers = {"authorization": f"Bearer {client.post(IAM, data=grant).json()['access_token']}"}
        headers["ibm-api-version"] = "2026-04-15"
        found = client.get(INSTANCES, headers=headers).json()
        headers["service-crn"] = found["resources"][-1]["crn"]
        job = client.post(f"{BASE}/jobs", headers=headers, json=JOB).json()["id"]
    return (
        mock,
        headers,
        [
            Case("POST job", "POST", f"{BASE}/jobs", JOB),
            Case("GET job", "GET", f"{BASE}/jobs/{job}"),
            Case("GET backends", "GET", f"{BASE}/backends"),
        ],
    )


def constant(answer: httpx.Response) -> httpx.MockTransport:
    """What httpx itself takes, with the bytes of the answer."""
    body, status, kind = answer.content, answer.status_code, answer.headers["content-type"]
    return httpx.MockTransport(
        lambda _request: httpx.Response(status, content=body, headers={"content-type": kind})
    )


def calling(client: Any, case: Case, headers: dict[str, str]) -> Callable[[], object]:
    """One call of a client that blocks, its answer read."""

    def call() -> object:
        return client.request(case.method, case.url, headers=headers, json=case.body).json()

    return call


def httpx_results(blocks: int, path: str, target: float) -> Iterator[Result]:
    """Every case through ``mock.transport()``, or through an activation."""
    mock, headers, cases = prepare()
    with httpx.Client(transport=mock.transport()) as plain, entered(mock, path) as client:
        for case in cases:
            answer = plain.request(case.method, case.url, headers=headers, json=case.body)
            with httpx.Client(transport=constant(answer)) as least:
                found = measure(
                    calling(least, case, headers), calling(client, case, headers), blocks
                )
            yield Result(f"{case.name}, {path}", target, *found)


@contextmanager
def entered(mock: dryshot.Mock, path: str) -> Iterator[httpx.Client]:
    """A client that reaches the mock on this path."""
    if path == "transport()":
        with httpx.Client(transport=mock.transport()) as client:
            yield client
    else:
        with mock.activate(), httpx.Client() as client:
            yield client


def async_results(blocks: int) -> Iterator[Result]:
    """Every case through ``mock.async_transport()``; the loop is entered once for a block."""
    mock, headers, cases = prepare()
    loop = asyncio.new_event_loop()
    with httpx.Client(transport=mock.transport()) as plain:
        for case in cases:
            answer = plain.request(case.method, case.url, headers=headers, json=case.body)
            least = httpx.AsyncClient(transport=constant(answer))
            own = httpx.AsyncClient(transport=mock.async_transport())

            def block(client: httpx.AsyncClient, case: Case = case) -> Callable[[], object]:
                async def run() -> None:
                    for _ in range(CALLS):
                        answer = await client.request(
                            case.method, case.url, headers=headers, json=case.body
                        )
                        answer.json()

                return lambda: loop.run_until_complete(run())

            found = measure(block(least), block(own), max(3, blocks // CALLS))
            yield Result(f"{case.name}, async", 1.25, *found)
            loop.run_until_complete(least.aclose())
            loop.run_until_complete(own.aclose())
    loop.close()


class Constant(requests.adapters.BaseAdapter):
    """What requests itself takes: an answer of constant bytes, as its own adapter builds one."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """The answer."""
        response = requests.Response()
        response.status_code = self._answer.status_code
        response.headers["content-type"] = self._answer.headers["content-type"]
        response.raw = io.BytesIO(self._answer.content)
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


def requests_results(blocks: int) -> Iterator[Result]:
    """Every case with requests, in an activation."""
    mock, headers, cases = prepare()
    with httpx.Client(transport=mock.transport()) as plain, mock.activate():
        for case in cases:
            answer = plain.request(case.method, case.url, headers=headers, json=case.body)
            with requests.Session() as least, requests.Session() as own:
                least.mount("https://", Constant(answer))
                found = measure(calling(least, case, headers), calling(own, case, headers), blocks)
            yield Result(f"{case.name}, requests", 1.2, *found)


def refused_results(blocks: int) -> Iterator[Result]:
    """What the judge takes, for a body that is not valid."""
    mock, headers, cases = prepare()
    case = cases[0]._replace(name="refused POST job", body={**JOB, "program_id": 7})
    with httpx.Client(transport=mock.transport()) as client:
        answer = client.request(case.method, case.url, headers=headers, json=case.body)
        if answer.status_code != httpx.codes.BAD_REQUEST:
            raise SystemExit(f"not refused: {answer.status_code}")
        with httpx.Client(transport=constant(answer)) as least:
            found = measure(
                calling(least, case, headers), calling(client, case, headers), max(5, blocks // 10)
            )
    yield Result(f"{case.name}, judge", 12.0, *found)


def check_results(blocks: int) -> Iterator[Result]:
    """The check of a request alone: found, decoded, cast and valid."""
    contract = Contract.load("platform-runtime")
    with httpx.Client() as client:
        body = client.build_request("POST", BASE, json=JOB).content
    request = Request(
        "POST",
        "quantum.cloud.ibm.com",
        "/api/v1/jobs",
        headers={"content-type": "application/json"},
        body=body,
    )
    times = []
    for _ in range(blocks):
        start = time.process_time()
        for _ in range(CALLS):
            contract.read_request(contract.match("POST", "/jobs"), request)
        times.append((time.process_time() - start) / CALLS * 1e6)
    yield Result("request check alone", 20.0, min(times), statistics.median(times), "us")


def results(blocks: int) -> Iterator[Result]:
    """Every line of the table."""
    yield from httpx_results(blocks, "transport()", 1.25)
    yield from httpx_results(blocks, "activate()", 1.6)
    yield from async_results(blocks)
    yield from requests_results(blocks)
    yield from refused_results(blocks)
    yield from check_results(blocks)


def main() -> int:
    """Print the table in Markdown; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="an eighth of the blocks")
    blocks = 50 if parser.parse_args().quick else 400
    print(f"{blocks} blocks of {CALLS} calls, Python {sys.version.split()[0]}\n")
    print("| in process | target | measured | median | verdict |\n|---|---|---|---|---|")
    missed = 0
    for one in results(blocks):
        missed += not one.met
        verdict = "met" if one.met else "missed"
        figures = (f"{value:.2f} {one.unit}" for value in (one.target, one.measured, one.median))
        print(f"| {one.name} | {' | '.join(figures)} | {verdict} |", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
