"""What a request costs in process, beside the least: ``python -m benchmarks.inprocess``.

The least is the same call on the library's own constant answer, of the same bytes, as
`benchmarks.side` measures it. With ``--guard`` the ratios are held to those of the committed state.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import requests

import dryshot
from benchmarks.guard import KEPT, Guard
from benchmarks.results import Row, table
from benchmarks.side import CALLS, Constant, Taken, constant, measure
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
QUICK, FULL = 50, 400
"""Blocks of calls."""


class Case(NamedTuple):
    """A call that is measured, and whether it is to be refused."""

    name: str
    method: str
    url: str
    body: Any = None


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


def calling(client: Any, case: Case, headers: dict[str, str]) -> Callable[[], object]:
    """One call of a client that blocks, its answer read."""

    def call() -> object:
        return client.request(case.method, case.url, headers=headers, json=case.body).json()

    return call


def httpx_results(blocks: int, path: str, target: float) -> Iterator[Row]:
    """Every case through ``mock.transport()``, or through an activation."""
    mock, headers, cases = prepare()
    with httpx.Client(transport=mock.transport()) as plain, entered(mock, path) as client:
        for case in cases:
            answer = plain.request(case.method, case.url, headers=headers, json=case.body)
            with httpx.Client(transport=constant(answer)) as least:
                found = measure(
                    calling(least, case, headers), calling(client, case, headers), blocks
                )
            yield _row(f"{case.name}, {path}", target, found)


@contextmanager
def entered(mock: dryshot.Mock, path: str) -> Iterator[httpx.Client]:
    """A client that reaches the mock on this path."""
    if path == "transport()":
        with httpx.Client(transport=mock.transport()) as client:
            yield client
    else:
        with mock.activate(), httpx.Client() as client:
            yield client


def async_results(blocks: int) -> Iterator[Row]:
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
            yield _row(f"{case.name}, async", 1.25, found)
            loop.run_until_complete(least.aclose())
            loop.run_until_complete(own.aclose())
    loop.close()


def requests_results(blocks: int) -> Iterator[Row]:
    """Every case with requests, in an activation."""
    mock, headers, cases = prepare()
    with httpx.Client(transport=mock.transport()) as plain, mock.activate():
        for case in cases:
            answer = plain.request(case.method, case.url, headers=headers, json=case.body)
            with requests.Session() as least, requests.Session() as own:
                least.mount("https://", Constant(answer))
                found = measure(calling(least, case, headers), calling(own, case, headers), blocks)
            yield _row(f"{case.name}, requests", 1.2, found, "requests, constant answer")


def refused_results(blocks: int) -> Iterator[Row]:
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
    yield _row(f"{case.name}, judge", 12.0, found)


def check_results(blocks: int) -> Iterator[Row]:
    """The check of a request alone: found, decoded, cast and valid."""
    contract = Contract.load("platform-runtime")
    answer = httpx.Response(200, json={})
    with httpx.Client(transport=constant(answer)) as least:
        request = Request(
            "POST",
            "quantum.cloud.ibm.com",
            "/api/v1/jobs",
            headers={"content-type": "application/json"},
            body=least.build_request("POST", BASE, json=JOB).content,
        )
        found = measure(
            calling(least, Case("", "POST", BASE, JOB), {}),
            lambda: contract.read_request(contract.match("POST", "/jobs"), request),
            blocks,
        )
    yield Row("request check alone", 20.0, found.seconds * 1e6, "us")
    yield _row("request check, of the call", None, found)


def _row(
    name: str, target: float | None, found: Taken, peer: str = "httpx, constant answer"
) -> Row:
    return Row(name, target, found.best, "x", peer=peer, note=f"median {found.median:.2f}")


GROUPS: dict[str, Callable[[int], Iterator[Row]]] = {
    "transport": lambda blocks: httpx_results(blocks, "transport()", 1.25),
    "activate": lambda blocks: httpx_results(blocks, "activate()", 1.6),
    "async": async_results,
    "requests": requests_results,
    "refused": refused_results,
    "check": check_results,
}
"""What is measured together, and again together."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Every row, as it is measured."""
    for group in GROUPS.values():
        yield from group(QUICK if quick else FULL)


def guarded(guard: Guard, *, write: bool) -> int:
    """Hold the ratios to what is kept, or keep them; 1 if one is beyond its limit."""
    groups = {name: lambda group=group: group(QUICK) for name, group in GROUPS.items()}
    if write:
        guard.write(groups)
        print(f"{guard.path.name} holds the ratios of this state")
        return 0
    excesses = guard.hold(groups)
    print("\n".join(excesses) or "every ratio is within its limit")
    return int(bool(excesses))


def main() -> int:
    """Print the table in Markdown; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="an eighth of the blocks")
    parser.add_argument("--guard", action="store_true", help="hold the ratios to those kept")
    parser.add_argument("--write", action="store_true", help="with --guard: keep these instead")
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FILE", help="of the guard")
    asked = parser.parse_args()
    if asked.guard:
        try:
            return guarded(Guard(asked.kept), write=asked.write)
        except (OSError, ValueError) as error:
            parser.error(f"--kept: {error}")
    if asked.write:
        parser.error("--write belongs to --guard")
    blocks = QUICK if asked.quick else FULL
    print(f"{blocks} blocks of {CALLS} calls, Python {sys.version.split()[0]}\n", flush=True)
    found = list(rows(quick=asked.quick))
    print(table(found))
    return int(not all(row.met for row in found))


if __name__ == "__main__":
    sys.exit(main())
