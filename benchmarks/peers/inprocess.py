"""dryshot beside other mocks in process: ``rows(quick=...)``.

Each is compared with the same floor, httpx with a constant answer of the same bytes, in the same
run; what a peer takes is then the target. None of them keeps state; only openapi-core checks.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx
import requests

import dryshot
from benchmarks.inprocess import entered, prepare
from benchmarks.results import Row, unmeasured

from .elsewhere import measure_elsewhere
from .environments import ENVIRONMENTS
from .exchange import ROUTES, Exchange
from .processes import Unavailable
from .stubbed import openapi_core_checked, respx_routes

__all__ = ["rows"]

ROUNDS = 3
"""Of ours; the best one counts, as of a peer."""
QUICK, FULL = 30, 120
"""Blocks of calls in a round."""
CASES = ("POST job", "GET job")
DOCUMENT = Path(dryshot.__file__).parent / "specs" / "platform-runtime.json"


class Peer(NamedTuple):
    """Another mock: what it is, how its ratio is found, and our way that it meets.

    Its blocks come in as many turns as it has; one that is slow to set up has one.
    """

    package: str
    note: str
    ratio: Callable[[Exchange, int], float]
    ours: str
    turns: int = 1
    elsewhere: bool = False

    @property
    def name(self) -> str:
        """With the version that is measured."""
        if self.elsewhere:
            return f"{self.package} {ENVIRONMENTS['inprocess'].version(self.package)}".strip()
        return f"{self.package} {importlib.metadata.version(self.package)}"


def here(
    play: Callable[[Exchange], AbstractContextManager[Callable[[], object]]], share: int = 1
) -> Callable[[Exchange, int], float]:
    """The ratio of a peer in this process; a slow one gets one in ``share`` blocks."""

    def ratio(exchange: Exchange, blocks: int) -> float:
        with play(exchange) as call:
            return exchange.beside_floor(call, max(3, blocks // share)).best

    return ratio


def away(package: str) -> Callable[[Exchange, int], float]:
    """The ratio of a peer in an interpreter of its own."""
    return lambda exchange, blocks: measure_elsewhere(package, exchange, blocks).best


PEERS = (
    Peer(
        "respx",
        f"{ROUTES} static routes, the last is hit",
        here(respx_routes),
        ours="activate()",
        turns=ROUNDS,
    ),
    Peer(
        "pytest-httpx",
        f"{ROUTES} callbacks, the last is hit",
        away("pytest-httpx"),
        ours="activate()",
        elsewhere=True,
    ),
    Peer(
        "responses",
        f"{ROUTES} static routes, the last is hit; with requests",
        away("responses"),
        ours="requests",
        elsewhere=True,
    ),
    Peer(
        "openapi-core",
        "used as its documentation shows: request and answer are checked",
        here(partial(openapi_core_checked, document=DOCUMENT), share=5),
        ours="transport()",
    ),
)


@contextmanager
def client_of(mock: dryshot.Mock, way: str) -> Iterator[httpx.Client | requests.Session]:
    """A client that reaches the mock."""
    if way == "requests":
        with mock.activate(), requests.Session() as session:
            yield session
    else:
        with entered(mock, way) as client:
            yield client


def compared(peer: Peer, case: str, blocks: int) -> Iterator[Row]:
    """What the peer takes, and dryshot with that as its target; what is not there is told."""
    mock, headers, cases = prepare()
    asked = next(one for one in cases if one.name == case)
    with httpx.Client(transport=mock.transport()) as client:
        answer = client.request(asked.method, asked.url, headers=headers, json=asked.body)
    exchange = Exchange(
        case,
        asked.method,
        asked.url,
        headers,
        asked.body,
        answer.raise_for_status().status_code,
        answer.headers["content-type"],
        answer.text,
    )
    theirs, ours = [], []
    name = f"{case}, {peer.ours}, beside {peer.package}"
    try:
        for turn in range(ROUNDS):
            if turn < peer.turns:
                theirs.append(peer.ratio(exchange, blocks * ROUNDS // peer.turns))
            with client_of(mock, peer.ours) as reached:
                ours.append(exchange.beside_floor(exchange.sending(reached), blocks).best)
    except Unavailable as reason:
        yield unmeasured(name, None, "x", peer=peer.package, note=str(reason))
        return
    yield Row(f"{case}, {peer.package}", None, min(theirs), "x", peer=peer.name, note=peer.note)
    yield Row(name, min(theirs), min(ours), "x", peer=peer.name, note="at most what the peer takes")


def rows(*, quick: bool) -> Iterator[Row]:
    """Every peer with every case."""
    for peer in PEERS:
        for case in CASES:
            yield from compared(peer, case, QUICK if quick else FULL)
