"""Mixed calls from several clients on a server that is cut off, stopped and killed meanwhile."""

from __future__ import annotations

import random
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from dryshot_client.errors import ConnectionFailed, DryshotClientError
from dryshot_client.platform import Runtime
from tests.server_e2e.program import BELL, Program, log_in, pubs

__all__ = ["Figures", "soak"]

CLIENTS = 6
_SHORT = (0.5, 4.0)
"""Seconds that a server lives between two ends, from and to."""
_MOST_JOBS = 150
"""Of one key; then it begins with another."""


@dataclass
class Figures:
    """What happened. ``resident`` is each server's memory at its end, in bytes."""

    calls: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    without_result: set[str] = field(default_factory=set)
    resident: list[int] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    exit_codes: Counter[int] = field(default_factory=Counter)
    errors: str = ""

    def __str__(self) -> str:
        jobs = sum(map(len, self.acknowledged.values()))
        memory = [round(one / 1e6) for one in self.resident]
        return (
            f"calls {dict(self.calls)}\n"
            f"{jobs} jobs of {len(self.acknowledged)} keys acknowledged, {len(self.lost)} lost, "
            f"{len(self.without_result)} without result\n"
            f"{len(self.resident)} servers, ended with {dict(self.exit_codes)}\n"
            f"resident MB at their ends: first {memory[0]}, last {memory[-1]}, most {max(memory)}\n"
            f"seconds to the ready line: first {self.openings[0]:.2f}, "
            f"last {self.openings[-1]:.2f}, most {max(self.openings):.2f}\n"
            f"stderr: {self.errors or 'nothing'}"
        )


def soak(path: Path, seconds: float, *, seed: int = 0) -> Figures:
    """Do so for some seconds, with a state file at ``path``; then look for every job."""
    figures, draw = Figures(), random.Random(seed)
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        with _serve(path, figures) as program:
            life = min(draw.uniform(*_SHORT), max(0.0, over - time.monotonic()))
            _live(program, life, draw, figures)
    with _serve(path, figures) as program:
        _look_for_all(program, figures)
        _end(program, signal.SIGTERM, figures)
    return figures


def _serve(path: Path, figures: Figures) -> Program:
    began = time.monotonic()
    program = Program("--engine", "stub", "--state", str(path))
    figures.openings.append(time.monotonic() - began)
    return program


def _end(program: Program, number: int, figures: Figures) -> None:
    figures.resident.append(program.resident)
    figures.exit_codes[program.end(number)] += 1
    figures.errors += program.errors


def _live(program: Program, life: float, draw: random.Random, figures: Figures) -> None:
    """One server's life, among clients, and its end while they go on."""
    over = threading.Event()
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        done = [
            pool.submit(_use, program.url, f"key-{number}", draw.randrange(1 << 30), over, figures)
            for number in range(CLIENTS)
        ]
        done.append(pool.submit(_cut, program.url, draw.randrange(1 << 30), over, figures))
        try:
            over.wait(life)
            _end(program, draw.choice([signal.SIGKILL, signal.SIGTERM]), figures)
        finally:
            over.set()
        for one in done:
            one.result()


def _use(url: str, client: str, seed: int, over: threading.Event, figures: Figures) -> None:
    """A client: any call after any other, until its server is gone."""
    draw = random.Random(seed)
    known = [key for key in figures.acknowledged if key.startswith(f"{client}.")]
    key = f"{client}.{len(known) - 1 if known else 0}"
    if len(figures.acknowledged.get(key, ())) > _MOST_JOBS:
        key = f"{client}.{len(known)}"
    mine = figures.acknowledged.setdefault(key, set())
    try:
        with log_in(url, key) as runtime:
            while not over.is_set():
                name = draw.choice(["submit", "submit", "submit", "list", "get", "cancel", "usage"])
                _call(runtime, name, draw, mine)
                figures.calls[name] += 1
    except ConnectionFailed:
        figures.calls["without answer"] += 1


def _call(runtime: Runtime, name: str, draw: random.Random, mine: set[str]) -> None:
    job_id = draw.choice(sorted(mine)) if mine else None
    if name == "submit" or job_id is None:
        created = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(BELL))
        mine.add(created.id)
    elif name == "list":
        list(islice(runtime.jobs.list(), 5))
    elif name == "get":
        runtime.jobs.get(job_id)
    elif name == "usage":
        runtime.instances.usage()
    else:
        try:
            runtime.jobs.cancel(job_id)
        except ConnectionFailed:
            raise
        except DryshotClientError:  # it has ended
            return


def _cut(url: str, seed: int, over: threading.Event, figures: Figures) -> None:
    """Hang up in the middle of requests, and of answers."""
    draw = random.Random(seed)
    place = urlsplit(url)
    body = b"grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=cut-off"
    form = b"content-type: application/x-www-form-urlencoded"
    request = b"POST /identity/token HTTP/1.1\r\nhost: x\r\n%s\r\ncontent-length: %d\r\n\r\n%s" % (
        form,
        len(body),
        body,
    )
    while not over.wait(0.01):
        try:
            with socket.create_connection((place.hostname or "", place.port or 0), 5) as wire:
                if draw.random() < 0.5:
                    wire.sendall(request[: draw.randrange(1, len(request))])
                    figures.calls["cut request"] += 1
                else:
                    wire.sendall(request)
                    wire.recv(draw.randrange(1, 40))
                    figures.calls["cut answer"] += 1
        except OSError:
            continue


def _look_for_all(program: Program, figures: Figures) -> None:
    for key, acknowledged in figures.acknowledged.items():
        with log_in(program.url, key) as runtime:
            found = {job.id for job in runtime.jobs.list()}
            figures.lost |= acknowledged - found
            for job_id in acknowledged & found:
                job = runtime.jobs.wait(job_id, timeout=60)
                if job.status == "Completed":
                    runtime.jobs.results(job_id)
                elif job.status != "Cancelled":
                    figures.without_result.add(job_id)
