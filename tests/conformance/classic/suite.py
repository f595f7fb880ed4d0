"""A probe run against the mock: over http at an address, or over https at IBM's own host names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from dryshot.server.serving import serve
from dryshot.server.worlds import Worlds
from dryshot.world import Pace

__all__ = ["TRANSPORTS", "Step", "Transport", "examine", "parse"]

Transport = Literal["http", "https"]
TRANSPORTS: tuple[Transport, ...] = ("http", "https")

TOKEN = "the API token of a probe"
WORLD = {"accounts": [{"api_key": TOKEN}]}  # declared, so that no other token logs in
IBM = "https://auth.quantum-computing.ibm.com/api"
PACE = Pace(0.5, 1)
PROBES = Path(__file__).with_name("probes")

_PATIENCE = 240.0
"""Seconds that a probe may take."""

_LOOPBACK = "127.0.0.1,localhost"


class Step(NamedTuple):
    """How one capability went: "ok", "not offered" or "failed", and why."""

    name: str
    outcome: str
    reason: str


def examine(python: Path, probe: str, transport: Transport, home: Path) -> list[Step]:
    """Run a probe with a client's interpreter; ``home`` is a folder that it may fill.

    Over http the client is told where the mock is. Over https it is told IBM's own URL, where
    ``dryshot run`` leads it to the mock, and results also come over a websocket.

    ``RuntimeError`` says what the probe wrote if it did not end well.
    """
    command = [str(python), str(PROBES / f"{probe}.py")]
    environ = _surroundings(home)
    if transport == "http":
        with _served() as url:
            return _told(command, {**environ, "QISKIT_IBM_URL": f"{url}/api"})
    world = home / "world.json"
    world.write_text(json.dumps(WORLD))
    times = ("--queue-seconds", str(PACE.queue), "--run-seconds", str(PACE.run))
    run = (sys.executable, "-m", "dryshot", "run", "--quiet", "--world", str(world), *times)
    return _told([*run, "--", *command], {**environ, "QISKIT_IBM_URL": IBM})


def parse(text: str) -> Iterator[Step]:
    """The steps that a probe told, a line of JSON each."""
    for line in text.splitlines():
        told = json.loads(line)
        yield Step(told["step"], told["outcome"], told["reason"])


@contextmanager
def _served() -> Iterator[str]:
    tenants = Worlds(world=WORLD, clock="virtual", pace=PACE).tenants()
    with serve(tenants) as server:
        yield server.url


def _surroundings(home: Path) -> Mapping[str, str]:
    """Nobody's account, and no proxy before the mock."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("QISKIT", "PYTHON")) and not name.lower().endswith("_proxy")
    }
    return kept | {
        "HOME": str(home),
        "QISKIT_IBM_TOKEN": TOKEN,
        "QISKIT_IBM_CHANNEL": "ibm_quantum",
        "NO_PROXY": _LOOPBACK,
        "no_proxy": _LOOPBACK,
        "QISKIT_PARALLEL": "FALSE",
    }


def _told(command: list[str], environ: Mapping[str, str]) -> list[Step]:
    done = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"a probe ended with {done.returncode}: {done.stderr[-2000:]}")
    return list(parse(done.stdout))
