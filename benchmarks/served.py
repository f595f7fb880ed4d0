"""``dryshot serve`` beside a constant answer and other mocks, over real sockets.

Every server is a process of its own on this machine, and they take turns in short rounds; of each
its best round counts, so that whatever else the machine does meets all of them. dryshot checks
every request and every answer, keeps its journal, and runs every job with its stub engine.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.load import CONNECTIONS, GENERATOR, Load, put_load
from benchmarks.peers import SERVED, Ask, Served, Unavailable
from benchmarks.peers.processes import LOOPBACK, first_answer, free_port, running
from benchmarks.results import Row, unmeasured

__all__ = ["rows"]

DOCUMENT = Path(__file__).parents[1] / "mockserver/dryshot/specs/platform-runtime.json"
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
JOB = {
    "program_id": "sampler",
    "backend": "ibm_fez",
    # one shot: it is the server that is measured, not how fast numbers are drawn
    "params": {"pubs": [[QASM, None, 1]], "version": 2},
}
CONSTANT, OURS = "constant", "dryshot"
KINDS = ("GET job", "POST job")
TARGETS = {
    ("GET job", CONSTANT): 0.45,
    ("GET job", "prism"): 6.0,
    ("GET job", "localqpu"): 4.0,
    ("GET job", "wiremock"): 0.8,
    ("POST job", "prism"): 5.0,
    ("POST job", "localqpu"): 4.0,
    ("POST job", "wiremock"): 0.8,
}
"""How many times as many requests a second; what is not here is told only."""
P99_MS, IDLE_MIB, USED_MIB, FIRST = 3.0, 60.0, 120.0, 0.2
WARM_SECONDS = 4
"""Of load before anything is measured: WireMock is slow until it is compiled."""
START_SECONDS = 30.0
_CRN = "service-crn"

Start = Callable[[], AbstractContextManager[Served]]


def rows(quick: bool) -> Iterator[Row]:  # noqa: FBT001 - every room's
    """Requests a second, latency, memory, first answers."""
    starts: dict[str, Start] = {CONSTANT: constant, OURS: dryshot}
    starts |= {name: lambda name=name: SERVED[name](DOCUMENT) for name in SERVED}  # type: ignore[misc]
    yield from _rates(starts, rounds=2 if quick else 6, seconds=1 if quick else 2)
    yield from _memory(20_000 if quick else 100_000)
    yield from _first_answers(starts, times=2 if quick else 7)


class _Taken(NamedTuple):
    """Rounds of one kind of request to one server; ``cpu`` is the least time a request took, us."""

    loads: list[Load]
    cpu: float

    @property
    def rate(self) -> float:
        """Requests a second in the best round."""
        return max(load.rate for load in self.loads)

    @property
    def p99(self) -> float:
        """In the best round, ms."""
        return min(load.p99 for load in self.loads)


def _rates(starts: dict[str, Start], *, rounds: int, seconds: int) -> Iterator[Row]:
    missing: dict[str, str] = {}
    servers: dict[str, Served] = {}
    with ExitStack() as stack:
        for name, start in starts.items():
            try:
                servers[name] = stack.enter_context(start())
            except Unavailable as error:
                missing[name] = str(error)
        found = _in_turns(servers, rounds, seconds)
    note = f"best of {rounds} rounds of {seconds} s, {CONNECTIONS} connections, {GENERATOR}"
    for kind in KINDS:
        ours, floor = found[OURS, kind], found[CONSTANT, kind]
        yield Row(f"{kind}, served", None, ours.rate, "/s", "more", note=note)
        if not math.isnan(ours.cpu):
            yield Row(f"{kind}, of its CPU", None, ours.cpu, "us", note=f"constant {floor.cpu:.0f}")
        for name in starts:
            target, title = TARGETS.get((kind, name)), f"{kind}, served, to {name}"
            if name in missing:
                yield unmeasured(title, target, "x", "more", peer=name, note=missing[name])
            elif name != OURS:
                rate, label = found[name, kind].rate, servers[name].name
                yield Row(title, target, ours.rate / rate, "x", "more", label, f"{rate:,.0f}/s")
        label, told = servers[CONSTANT].name, f"{floor.p99:.2f} ms"
        yield Row(f"{kind}, p99", P99_MS, ours.p99, "ms", "less", label, told)


def _in_turns(
    servers: dict[str, Served], rounds: int, seconds: int
) -> dict[tuple[str, str], _Taken]:
    """What each server took of each kind; a round before the first one warms them up."""
    found: dict[tuple[str, str], _Taken] = {}
    for turn in range(-1, rounds):
        for kind in KINDS:
            for name, server in servers.items():
                lasting = WARM_SECONDS if turn < 0 and name == "wiremock" else seconds
                before = cpu_seconds(server.pid)
                load = put_load(server.url, server.asks[kind], lasting)
                cpu = (cpu_seconds(server.pid) - before) / load.requests * 1e6
                if turn >= 0:
                    taken = found.get((name, kind), _Taken([], math.inf))
                    least = cpu if math.isnan(cpu) else min(cpu, taken.cpu)
                    found[name, kind] = _Taken([*taken.loads, load], least)
    return found


def _memory(count: int) -> Iterator[Row]:
    """Resident, of a fresh server that has answered once, and of one that was asked much."""
    if not Path("/proc/self/status").exists():
        for name, target in (("idle", IDLE_MIB), ("used", USED_MIB)):
            yield unmeasured(f"memory, {name}", target, "MiB", note="there is no /proc here")
        return
    with bare() as server:
        yield Row("memory, idle", IDLE_MIB, resident(server.pid), "MiB")
    with dryshot() as server:
        sent = 0
        for kind, limit in (("POST job", count // 10), ("GET job", count)):
            while sent < limit:
                sent += put_load(server.url, server.asks[kind], 1).requests
                if kind == "POST job":
                    posted = sent
        told = f"{posted:,} submissions and {sent - posted:,} reads"
        yield Row("memory, used", USED_MIB, resident(server.pid), "MiB", note=told)


def _first_answers(starts: dict[str, Start], *, times: int) -> Iterator[Row]:
    taken: dict[str, list[float]] = {}
    reasons: dict[str, str] = {}
    labels: dict[str, str] = {}
    for _ in range(times):
        for name, start in {**starts, OURS: bare}.items():
            if name == CONSTANT or name in reasons:
                continue
            try:
                with start() as server:
                    taken.setdefault(name, []).append(server.seconds)
                    labels[name] = server.name
            except Unavailable as error:
                reasons[name] = str(error)
    ours = min(taken[OURS])
    yield Row("first answer", None, ours, "s", note=f"best of {times} starts")
    for name in SERVED:
        title, target = f"first answer, to {name}", None if name in {"moto", "wiremock"} else FIRST
        if name in reasons:
            yield unmeasured(title, target, "x", peer=name, note=reasons[name])
        else:
            theirs = min(taken[name])
            yield Row(title, target, ours / theirs, "x", "less", labels[name], f"{theirs:.2f} s")


@contextmanager
def constant() -> Iterator[Served]:
    """A server that says one thing."""
    asks = {"POST job": Ask("POST", "/jobs", {"content-type": "application/json"}, _body())}
    asks["GET job"] = Ask("GET", "/jobs/c5dge2d3rn7breq27i9g", {"x-access-token": "0" * 32}, b"")
    with _started("a constant on uvicorn", Path(__file__).with_name("constant.py")) as server:
        yield server._replace(asks=asks)


@contextmanager
def bare() -> Iterator[Served]:
    """``dryshot serve`` that was asked nothing yet."""
    options = ("-m", "dryshot", "serve", "--engine", "stub", "--port")
    with _started("dryshot", "-W", "ignore", *options) as server:
        yield server


@contextmanager
def dryshot() -> Iterator[Served]:
    """``dryshot serve`` with an account, and a job that has ended."""
    with bare() as server:
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "benchmark"}
        token = _say(server, "/identity/token", {}, urllib.parse.urlencode(form).encode())
        shown = {"authorization": f"Bearer {token['access_token']}"}
        instances = _say(server, "/v2/resource_instances", shown)["resources"]
        shown |= {_CRN: instances[0]["crn"], "ibm-api-version": "2026-04-15"}
        sent = {**shown, "content-type": "application/json"}
        made = _say(server, "/api/v1/jobs", sent, _body())
        path = f"/api/v1/jobs/{made['id']}"
        until = time.monotonic() + START_SECONDS
        while _say(server, path, shown)["status"] != "Completed":
            if time.monotonic() > until:
                raise RuntimeError(f"the job did not end in {START_SECONDS:g} s")
        post = Ask("POST", "/api/v1/jobs", sent, _body())
        yield server._replace(asks={"POST job": post, "GET job": Ask("GET", path, shown, b"")})


@contextmanager
def _started(name: str, *words: str | Path) -> Iterator[Served]:
    """A server of this interpreter, whose last argument is its port, once it has answered."""
    port, begun = free_port(), time.monotonic()
    with running([sys.executable, *words, str(port)]) as (process, written):
        first_answer(process, written, port, START_SECONDS)
        seconds = time.monotonic() - begun
        yield Served(name, f"http://{LOOPBACK}:{port}", seconds, process.pid, {})


def _body() -> bytes:
    return json.dumps(JOB).encode()


def _say(server: Served, path: str, headers: dict[str, str], body: bytes | None = None) -> Any:
    asked = urllib.request.Request(server.url + path, body, headers)  # noqa: S310 - of loopback
    with urllib.request.urlopen(asked, timeout=START_SECONDS) as told:  # noqa: S310
        return json.load(told)


def cpu_seconds(pid: int) -> float:
    """What a process has computed, without its children; NaN if that is not told."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return math.nan
    user, system = (
        stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[11:13]
    )
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """MiB of a process's memory that are in use; NaN if that is not told."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else math.nan


if __name__ == "__main__":
    from benchmarks.__main__ import main

    sys.exit(main(["--only", "served", *sys.argv[1:]]))
