"""Interactions and cassettes to write, read and play."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dryshot.http import Request, Response
from dryshot.recording.cassette import Cassette, Interaction

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "runtime-us-east.quantum-computing.ibm.com"
LARGE_TEXT = '{"values":[' + ",".join(map(str, range(10_000))) + "]}"


def interaction(
    body: bytes = b"{}", *, sent: bytes = b"", path: str = "/programs", at: float = 0.0
) -> Interaction:
    """One that any reader and writer takes."""
    length = {"content-length": str(len(body))} if body else {}
    return Interaction(
        Request("POST" if sent else "GET", HOST, path, "a=b%20c", {"accept": "*/*"}, sent),
        Response(200, {"content-type": "application/json", **length}, body),
        START + timedelta(seconds=at),
        0.25,
        "legacy-runtime.list_programs",
    )


def cassette(*interactions: Interaction) -> Cassette:
    """A recording of these."""
    return Cassette(interactions, START, "a test", {"legacy-runtime": "1"}, {"token": 2}, "Made.")
