"""Whether it stays fast as it grows: ``python -m benchmarks.growth [--quick]``.

The same calls take turns on a world with a hundred jobs and on one with a hundred thousand, of each
API. The jobs are declared, and made in no order of their instants, which is the harder case. What a
finished job needs in memory is measured with jobs that were submitted; the journal does not count.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx

import dryshot
from benchmarks.results import Row, show
from benchmarks.side import measure
from dryshot.clock import isoformat
from dryshot.world.sessions import Session
from dryshot.world.work import Outcome

Dialect = Literal["classic", "platform"]

IAM = "https://iam.cloud.ibm.com/identity/token"
INSTANCES = "https://resource-controller.cloud.ibm.com/v2/resource_instances"
PLATFORM = "https://quantum.cloud.ibm.com/api/v1"
AUTH = "https://auth.quantum-computing.ibm.com/api/users/loginWithToken"
CLASSIC = "https://runtime-us-east.quantum-computing.ibm.com"
QASM = 'OPENQASM 3; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
SMALL, LARGE = 100, 100_000
LIMIT = 1.3
QUICK, FULL = 20, 150
"""Blocks of calls."""
STRIDE = 7919
"""A prime, by which instants go up and down."""
DEVICES: Mapping[Dialect, tuple[str, str]] = {
    "classic": ("ibm_wellington", "simulator_mps"),
    "platform": ("ibm_fez", "ibm_torino"),
}
PARAMS: Mapping[Dialect, dict[str, Any]] = {
    "classic": {"circuits": [QASM]},
    "platform": {"pubs": [[QASM]], "version": 2},
}


class Place(NamedTuple):
    """A mock, a caller's headers, and where the calls go."""

    mock: dryshot.Mock
    http: httpx.Client
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    dialect: Dialect

    def submit(self) -> str:
        """A new job's id."""
        answer = self.http.post(f"{self.url}/jobs", headers=self.headers, json=self.body)
        return str(answer.raise_for_status().json()["id"])


def make(dialect: Dialect) -> Place:
    """A mock whose engine leaves next to nothing, and one who is logged in."""
    outcome = Outcome(failed=False, body="{}")
    mock = dryshot.Mock(engine=lambda _task: outcome)
    mock.clock.step = 2 if dialect == "classic" else 0
    http = httpx.Client(transport=mock.transport())
    body = {
        "program_id": "sampler",
        "backend": DEVICES[dialect][0],
        "params": PARAMS[dialect],
        "tags": ["all", "t0"],
    }
    if dialect == "classic":
        token = http.post(AUTH, json={"apiToken": "key"}).json()["id"]
        return Place(mock, http, CLASSIC, {"x-access-token": token}, body, dialect)
    grant = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "key"}
    headers = {"authorization": f"Bearer {http.post(IAM, data=grant).json()['access_token']}"}
    headers["ibm-api-version"] = "2026-04-15"
    found = http.get(INSTANCES, headers=headers).json()["resources"][-1]
    return Place(mock, http, PLATFORM, headers | {"service-crn": found["crn"]}, body, dialect)


def populate(place: Place, count: int) -> Session:
    """Declare jobs: a fifth of them queued for good, half of them in the session returned."""
    world, dialect, devices = place.mock.world, place.dialect, DEVICES[place.dialect]
    account = world.accounts.open_with("key")
    crn = place.headers.get("service-crn")
    if dialect == "classic":
        session = world.open_session(account, instance=None, backend=devices[0])
    else:
        session = world.add_session(backend=devices[0], account=account, instance=crn)
    now = world.clock.now()
    for number in range(count):
        half, queued = number % 2, number % 5 == 0
        age = 3600 + 7 * 86400 * (number * STRIDE % count) / count
        world.add_job(
            dialect=dialect,
            account=account,
            instance=session.instance,
            session=None if half else session,
            backend=devices[half],
            program=("sampler", "estimator")[number // 2 % 2],
            state="Queued" if queued else "Completed",
            params=PARAMS[dialect],
            seconds=float("inf"),
            created=now - timedelta(seconds=age),
            tags=["all", f"t{number % 3}"],
        )
    return session


def filters(place: Place, session: Session, count: int) -> dict[str, dict[str, Any]]:
    """Everything a list of jobs can be asked for by, alone and together."""
    now = place.mock.clock.now()
    after, before = (isoformat(now - timedelta(days=days)) for days in (6, 1))
    each: dict[str, dict[str, Any]] = {
        "no filter": {},
        "backend": {"backend": DEVICES[place.dialect][1]},
        "program": {"program": "estimator"},
        "tags": {"tags": ["all", "t1"]},
        "pending": {"pending": True},
        "not pending": {"pending": False},
        "session_id": {"session_id": session.id},
        "created_after": {"created_after": after},
        "created_before": {"created_before": before},
        "created_after and _before": {"created_after": after, "created_before": before},
        "sort": {"sort": "ASC"},
        "offset": {"offset": count // 2},
    }
    if place.dialect == "classic":
        each["provider"] = {"provider": session.instance}
    else:
        each["include_mocks"] = {"include_mocks": True}
    chosen = ("program", "created_after and _before", "not pending", "sort")
    together = {name: value for one in chosen for name, value in each[one].items()}
    return each | {"many at once": together | {"tags": ["all"], "offset": 3}}


def getting(place: Place, path: str, query: Mapping[str, Any]) -> Callable[[], Any]:
    """A call that reads, its answer decoded."""

    def call() -> Any:
        return place.http.get(f"{place.url}{path}", headers=place.headers, params=query).json()

    return call


def compared(dialect: Dialect, *, quick: bool) -> Iterator[Row]:
    """Lists, reads and submissions in the large world, beside those in the small one."""
    sizes, places = (SMALL, LARGE), [make(dialect), make(dialect)]
    sessions = [populate(place, size) for place, size in zip(places, sizes, strict=True)]
    asked = [
        filters(place, session, size)
        for place, session, size in zip(places, sessions, sizes, strict=True)
    ]
    gc.collect()
    blocks = QUICK if quick else FULL
    ratios: dict[str, float] = {}
    for name in asked[0]:
        calls = [
            getting(place, "/jobs", {"limit": 10, **queries[name]})
            for place, queries in zip(places, asked, strict=True)
        ]
        if any(len(call()["jobs"]) != 10 for call in calls):  # noqa: PLR2004 - a full page
            raise SystemExit(f"{name}: the pages are not equally full")
        ratio = measure(calls[0], calls[1], blocks).best
        if ratio > LIMIT:  # the worst of so many is easily an accident: look longer
            ratio = min(ratio, measure(calls[0], calls[1], 4 * blocks).best)
        ratios[name] = ratio
    worst = max(ratios, key=ratios.__getitem__)
    peer = f"the same with {SMALL} jobs"
    note = (
        f"{worst}; the median of {len(ratios)} filters is {statistics.median(ratios.values()):.2f}"
    )
    title = f"{LARGE:,} jobs, {dialect}: "
    yield Row(f"{title}GET /jobs, slowest filter", LIMIT, ratios[worst], "x", "less", peer, note)
    reads = [getting(place, f"/jobs/{place.submit()}", {}) for place in places]
    found = measure(reads[0], reads[1], blocks)
    yield Row(f"{title}GET job", LIMIT, found.best, "x", "less", peer, f"median {found.median:.2f}")
    found = measure(places[0].submit, places[1].submit, blocks)
    yield Row(
        f"{title}POST job", LIMIT, found.best, "x", "less", peer, f"median {found.median:.2f}"
    )


def memory(*, quick: bool) -> Iterator[Row]:
    """What a job needs that was submitted and has ended: of the process, and Python's objects.

    Nothing is given back in between, or what comes later would find room there.
    """
    places = {dialect: make(dialect) for dialect in DEVICES}
    for kind, read, count in (
        ("resident", resident, 2_000 if quick else 30_000),
        ("objects", traced, 500 if quick else 5_000),
    ):
        for dialect, place in places.items():
            submitted(place, 500)
            before = read()
            submitted(place, count)
            each = (read() - before) / count / 1024
            note = f"{count:,} jobs submitted over httpx, without the journal"
            if before or kind == "objects":
                yield Row(
                    f"memory of a finished {dialect} job, {kind}", 2.0, each, "KiB", note=note
                )
        tracemalloc.stop()


def submitted(place: Place, count: int) -> None:
    """Submit jobs, let them end, and forget what was said."""
    for number in range(count):
        place.submit()
        if not number % 500:
            place.mock.journal.clear()
    place.mock.clock.advance(10)
    place.mock.journal.clear()


def traced() -> float:
    """Bytes of Python's objects, those of now and later."""
    gc.collect()
    if not tracemalloc.is_tracing():
        tracemalloc.start()
    return float(tracemalloc.get_traced_memory()[0])


def resident() -> float:
    """Bytes of this process in memory, where the system tells; else 0."""
    gc.collect()
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return float(pages * os.sysconf("SC_PAGE_SIZE"))
    return 0.0


def rows(*, quick: bool) -> Iterator[Row]:
    """Every row, as it is measured: memory first, before the process has held anything large."""
    yield from memory(quick=quick)
    for dialect in DEVICES:
        yield from compared(dialect, quick=quick)


if __name__ == "__main__":
    sys.exit(show(rows(quick="--quick" in sys.argv)))
