"""What the mock costs beside a server that says one thing: ``python benchmarks/served.py``.

Requests a second over real sockets, on 8 connections, each server a process of its own. Every
request to the mock is checked against its document, and so is every answer. wrk makes the requests
where it is installed; elsewhere it is a generator in this process, which slows the fastest servers
more than the slow ones, so that its ratios flatter the mock.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn

import dryshot
from dryshot.clock import WallClock
from dryshot.server.serving import serve

CONNECTIONS = 8
SECONDS = 2.0
QASM = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'
JOB = {
    "program_id": "sampler",
    "backend": "ibm_wellington",
    # one shot: what is measured is the server, not how fast the stub draws 4000 numbers
    "params": {"circuits": [QASM], "run_options": {"shots": 1}},
}
BODY = b'{"id":"c5dge2d3rn7breq27i9g"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
SERVERS = ("a constant, bare uvicorn", "dryshot, in the loop", "dryshot, in threads")


async def constant(_scope: Any, receive: Any, send: Any) -> None:
    """Say the same to all."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


def be(name: str, port: int) -> None:
    """Be one of the servers, until this process is ended."""
    if name == SERVERS[0]:
        uvicorn.run(constant, port=port, log_level="critical", access_log=False, lifespan="off")
        return
    clock, pace = WallClock(), dryshot.Pace(0, 0)
    mock = dryshot.Mock(engine="stub", clock=clock, pace=pace)
    with serve(mock, port=port, threads=0 if name == SERVERS[1] else 32) as server:
        server.wait()


@contextmanager
def running(name: str) -> Iterator[str]:
    """The URL of a server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", __file__, name, str(port)]
    with subprocess.Popen(command) as process:  # noqa: S603 - this very file
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(200):
                try:
                    httpx.get(url)
                    break
                except httpx.ConnectError:
                    time.sleep(0.05)
            yield url
        finally:
            process.kill()


def requests(url: str, name: str) -> dict[str, tuple[str, str, dict[str, str], bytes]]:
    """What is asked: method, path, headers, body."""
    token, job_id = "none", "none"
    if name != SERVERS[0]:
        with httpx.Client(base_url=url) as http:
            token = http.post("/api/users/loginWithToken", json={"apiToken": "key"}).json()["id"]
            headers = {"x-access-token": token}
            job_id = http.post("/runtime/jobs", json=JOB, headers=headers).json()["id"]
    shown = {"x-access-token": token}
    sent = {**shown, "content-type": "application/json"}
    return {
        "POST job": ("POST", "/runtime/jobs", sent, json.dumps(JOB).encode()),
        "GET job": ("GET", f"/runtime/jobs/{job_id}", shown, b""),
    }


def with_wrk(url: str, method: str, path: str, headers: dict[str, str], body: bytes) -> float:
    """Requests a second, as wrk counts them."""
    lines = [f"wrk.method = {json.dumps(method)}", f"wrk.body = {json.dumps(body.decode())}"]
    lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(headers[name])}" for name in headers]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text("\n".join(lines))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS:.0f}s", f"-s{script}", url + path]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
        told = ran.stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    (found,) = re.findall(r"Requests/sec:\s+([\d.]+)", told)
    return float(found)


def with_asyncio(url: str, method: str, path: str, headers: dict[str, str], body: bytes) -> float:
    """The same, counted here."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    address = urlsplit(url)

    async def ask(until: float) -> int:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        count = 0
        while time.perf_counter() < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head)
            length = re.search(rb"content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            count += 1
        writer.close()
        return count

    async def run() -> int:
        until = time.perf_counter() + SECONDS
        return sum(await asyncio.gather(*(ask(until) for _ in range(CONNECTIONS))))

    return asyncio.run(run()) / SECONDS


def main() -> None:
    """Print a table."""
    measure = with_wrk if shutil.which("wrk") else with_asyncio
    print(f"requests a second, {CONNECTIONS} connections, {measure.__name__.replace('_', ' ')}")
    found: dict[str, dict[str, float]] = {}
    for name in SERVERS:
        with running(name) as url:
            asked = requests(url, name)
            found[name] = {kind: measure(url, *asked[kind]) for kind in ("GET job", "POST job")}
    for name, rates in found.items():
        told = [
            f"{kind} {rate:7.0f} ({rate / found[SERVERS[0]][kind]:4.2f})"
            for kind, rate in rates.items()
        ]
        print(f"{name:26}", *told, sep="   ")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        be(sys.argv[1], int(sys.argv[2]))
    else:
        main()
