"""Requests without a pause on some connections: by wrk, or where that is missing from here."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.peers import Ask

__all__ = ["CONNECTIONS", "GENERATOR", "Load", "put_load"]

CONNECTIONS = 8
GENERATOR = "wrk" if shutil.which("wrk") else "asyncio here, which slows the fastest most"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Load(NamedTuple):
    """What a server took: requests, how many of them a second, and the 99th percentile in ms."""

    requests: int
    rate: float
    p99: float


def put_load(url: str, ask: Ask, seconds: float) -> Load:
    """Send the same request for whole seconds; RuntimeError if one is not answered well."""
    if shutil.which("wrk"):
        return _by_wrk(url, ask, max(1, round(seconds)))
    return asyncio.run(_from_here(url, ask, seconds))


def _by_wrk(url: str, ask: Ask, seconds: int) -> Load:
    lines = [f"wrk.method = {json.dumps(ask.method)}"]
    if ask.body:
        lines.append(f"wrk.body = {json.dumps(ask.body.decode())}")
    lines += [
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(ask.headers[name])}" for name in ask.headers
    ]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text("\n".join(lines))
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", f"-s{script}"]
        command = ["wrk", *options, url + ask.path]
        ran = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, check=True, timeout=seconds + 60
        )
    return read_wrk(ran.stdout)


def read_wrk(told: str) -> Load:
    """What wrk's report says; RuntimeError if a request was not answered well."""
    found = re.search(
        r"\b99%\s+(?P<p99>[\d.]+)(?P<unit>us|ms|s|m)\b.*?(?P<requests>\d+) requests in"
        r".*?Requests/sec:\s+(?P<rate>[\d.]+)",
        told,
        re.DOTALL,
    )
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(told)
    p99 = float(found["p99"]) * _UNITS[found["unit"]]
    return Load(int(found["requests"]), float(found["rate"]), p99)


async def _from_here(url: str, ask: Ask, seconds: float) -> Load:
    address = urlsplit(url)
    lines = [f"{ask.method} {ask.path} HTTP/1.1", f"host: {address.netloc}"]
    lines += [f"{name}: {value}" for name, value in ask.headers.items()]
    if ask.body:
        lines.append(f"content-length: {len(ask.body)}")
    request = "\r\n".join([*lines, "", ""]).encode() + ask.body
    taken: list[float] = []

    async def repeat(until: float) -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while (begun := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 2"):
                raise RuntimeError(head.decode("latin-1"))
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            if length is None:
                raise RuntimeError("an answer without a length cannot be followed here")
            await reader.readexactly(int(length[1]))
            taken.append(time.perf_counter() - begun)
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(repeat(begun + seconds) for _ in range(CONNECTIONS)))
    taken.sort()
    return Load(len(taken), len(taken) / seconds, taken[len(taken) * 99 // 100] * 1000)
