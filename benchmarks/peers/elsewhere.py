"""Peers in an interpreter of their own: ``python -m benchmarks.peers.elsewhere PEER``.

What is to be measured comes, and the ratios go, through files of the folder that the environment
variable names. pytest-httpx is a fixture, so this module is its test, too.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.side import Taken

from .environments import ENVIRONMENTS
from .exchange import Exchange
from .processes import finish

__all__ = ["PEERS", "measure_elsewhere"]

VARIABLE = "DRYSHOT_PEERS_EXCHANGE"
SECONDS = 300.0
ROOT = Path(__file__).parents[2]
ASKED, FOUND, BLOCKS = "asked.json", "found.json", "blocks"


def measure_elsewhere(peer: str, exchange: Exchange, blocks: int) -> Taken:
    """A peer beside httpx's constant answer; Unavailable if it is not installed, or fails."""
    home = ENVIRONMENTS["inprocess"]
    home.demand()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exchange.write(folder / ASKED)
        (folder / BLOCKS).write_text(str(blocks))
        env = {VARIABLE: name, "PYTHONPATH": str(ROOT)}
        finish([home.python, "-m", "benchmarks.peers.elsewhere", peer], SECONDS, env=env)
        return Taken(*json.loads((folder / FOUND).read_text()))


def measure_here(call: Callable[[Exchange], Callable[[], object]]) -> None:
    """Read what is asked, measure, and write what was found."""
    folder = Path(os.environ[VARIABLE])
    exchange = Exchange.read(folder / ASKED)
    found = exchange.beside_floor(call(exchange), int((folder / BLOCKS).read_text()))
    (folder / FOUND).write_text(json.dumps(found))


def responses_routes() -> int:
    """Responses, with a static answer for each address, and requests."""
    import requests

    responses = importlib.import_module("responses")  # it is not in the project's environment
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def stubbed(exchange: Exchange) -> Callable[[], object]:
            for url in (*exchange.others, exchange.url):
                mock.add(
                    exchange.method,
                    url,
                    body=exchange.text,
                    status=exchange.status,
                    content_type=exchange.kind,
                )
            return exchange.playing(requests.Session())

        measure_here(stubbed)
    return 0


def test_pytest_httpx(httpx_mock: Any) -> None:
    """pytest-httpx, with a callback for each address."""

    def stubbed(exchange: Exchange) -> Callable[[], object]:
        for url in (*exchange.others, exchange.url):
            httpx_mock.add_callback(
                lambda _request: exchange.answer,
                method=exchange.method,
                url=url,
                is_reusable=True,
                is_optional=True,
            )
        return exchange.playing(httpx.Client())

    measure_here(stubbed)


def pytest_httpx_callbacks() -> int:
    """A run of pytest with the test above."""
    import pytest

    folder = os.environ[VARIABLE]
    plain = ("-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder)
    return int(pytest.main([*plain, "-o", "python_files=*.py", __file__]))


PEERS: dict[str, Callable[[], int]] = {
    "pytest-httpx": pytest_httpx_callbacks,
    "responses": responses_routes,
}
"""By the names of their packages; each ends with an exit code."""


if __name__ == "__main__":
    sys.exit(PEERS[sys.argv[1]]())
