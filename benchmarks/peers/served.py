"""Peers that are servers, each started on loopback with two requests that are ready to be sent."""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .environments import ENVIRONMENTS, tool
from .processes import LOOPBACK, Unavailable, first_answer, free_port, running
from .stubs import mappings

__all__ = ["SERVED", "Ask", "Served", "localqpu", "moto", "prism", "wiremock"]

SECONDS = 60.0
"""Until the first answer, and until a job is done."""
JSON = "application/json"
QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
ACCOUNT, INSTANCE = "0" * 32, "00000000-0000-4000-8000-000000000000"
CRN = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{ACCOUNT}:{INSTANCE}::"


class Ask(NamedTuple):
    """A request that can be sent again and again; ``path`` comes after the server's URL."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Served(NamedTuple):
    """A peer that answers: ``seconds`` from its start to its first answer; it leads group ``pid``.

    ``asks`` has "POST job" and "GET job", or what comes next to them; both were answered once.
    """

    name: str
    url: str
    seconds: float
    pid: int
    asks: dict[str, Ask]


def job(backend: str, *pubs: list[str]) -> bytes:
    """A sampler's job."""
    params = {"pubs": pubs, "version": 2}
    return json.dumps({"program_id": "sampler", "backend": backend, "params": params}).encode()


def calls(prefix: str, backend: str, job_id: str) -> dict[str, Ask]:
    """The two requests of the platform's API."""
    shown = {"authorization": "Bearer token", "service-crn": CRN, "ibm-api-version": "2026-04-15"}
    sent = {**shown, "content-type": JSON}
    return {
        "POST job": Ask("POST", f"{prefix}/jobs", sent, job(backend, [QASM])),
        "GET job": Ask("GET", f"{prefix}/jobs/{job_id}", shown, b""),
    }


@contextmanager
def prism(document: Path) -> Iterator[Served]:
    """Prism on an OpenAPI document: it checks requests and answers with the document's examples."""
    home, package = ENVIRONMENTS["prism"], "@stoplight/prism-cli"
    home.demand()
    script = home.module(package, "dist", "index.js")
    port = free_port()
    where = ("-h", LOOPBACK, "-p", str(port))
    command = [tool("node", "Prism runs on it"), script, "mock", "-v", "silent", *where, document]
    asks = calls("", "ibm_fez", "d9k2m4t0c7vs73f1q8ag")
    with started(f"Prism {home.version(package)}", command, port) as peer:
        yield ready(peer, asks)


@contextmanager
def wiremock(document: Path) -> Iterator[Served]:
    """WireMock with stubs made from an OpenAPI document; it is slow until it is warm.

    It keeps no journal here, as its makers advise for load; with one it is less than half as fast.
    """
    home = ENVIRONMENTS["wiremock"]
    home.demand()
    java = tool("java", "WireMock runs on it, from 11 on")
    version, port = home.version("wiremock"), free_port()
    jar = home.module("wiremock", "build", f"wiremock-standalone-{version}.jar")
    where = ("--bind-address", LOOPBACK, "--port", str(port))
    with tempfile.TemporaryDirectory() as folder:
        stubs = Path(folder, "mappings")
        stubs.mkdir()
        for number, stub in enumerate(mappings(document)):
            (stubs / f"{number}.json").write_text(json.dumps(stub))
        options = ("--root-dir", folder, "--disable-banner", "--no-request-journal")
        command = [java, "-jar", jar, *where, *options]
        with started(f"WireMock {version}", command, port) as peer:
            yield ready(peer, calls("", "ibm_fez", "d9k2m4t0c7vs73f1q8ag"))


@contextmanager
def localqpu() -> Iterator[Served]:
    """localqpu, with a job that is done.

    That job has no circuits, as localqpu runs none that are text; and jobs of localqpu move only
    when somebody looks at them.
    """
    home = ENVIRONMENTS["localqpu"]
    home.demand()
    port = free_port()
    command = [home.folder / "bin" / "localqpu", "start", "--host", LOOPBACK, "--port", str(port)]
    with started(f"localqpu {home.version('localqpu')}", command, port) as peer:
        backend = "ibm_brisbane"  # the one it has
        create = calls("/api/v1", backend, "")["POST job"]
        made = answer(peer, create._replace(body=job(backend)))
        asks = calls("/api/v1", backend, made["id"])
        until = time.monotonic() + SECONDS
        while answer(peer, asks["GET job"])["status"] != "Completed":
            if time.monotonic() > until:
                raise Unavailable(f"a job of localqpu did not end in {SECONDS:.0f} s")
            time.sleep(0.02)
        yield ready(peer, asks)


@contextmanager
def moto() -> Iterator[Served]:
    """The server of moto, for scale only: an item is put into a table of DynamoDB, and read."""
    home = ENVIRONMENTS["moto"]
    home.demand()
    port = free_port()
    command = [home.folder / "bin" / "moto_server", "-H", LOOPBACK, "-p", str(port)]
    key = {"id": {"S": "c5dge2d3rn7breq27i9g"}}
    item = {**key, "body": {"S": job("ibm_fez", [QASM]).decode()}}
    with started(f"moto {home.version('moto')}", command, port) as peer:
        answer(
            peer,
            dynamo(
                "CreateTable",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            ),
        )
        put, got = dynamo("PutItem", Item=item), dynamo("GetItem", Key=key)
        yield ready(peer, {"POST job": put, "GET job": got})


def dynamo(action: str, **told: Any) -> Ask:
    """A request to DynamoDB; moto looks at the form of its signature only."""
    credential = "key/20260101/us-east-1/dynamodb/aws4_request"
    headers = {
        "x-amz-target": f"DynamoDB_20120810.{action}",
        "content-type": "application/x-amz-json-1.0",
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, "
        "Signature=none",
    }
    return Ask("POST", "/", headers, json.dumps({"TableName": "jobs", **told}).encode())


SERVED: dict[str, Callable[[Path], AbstractContextManager[Served]]] = {
    "prism": prism,
    "wiremock": wiremock,
    "localqpu": lambda _document: localqpu(),
    "moto": lambda _document: moto(),
}
"""All of them alike: from a document, for those that need one."""


@contextmanager
def started(name: str, command: Sequence[object], port: int) -> Iterator[Served]:
    """A server that has answered for the first time."""
    begun = time.monotonic()
    with running(command) as (process, written):
        first_answer(process, written, port, SECONDS)
        seconds = time.monotonic() - begun
        yield Served(name, f"http://{LOOPBACK}:{port}", seconds, process.pid, {})


def ready(peer: Served, asks: dict[str, Ask]) -> Served:
    """The same with its requests, each of which was answered well; Unavailable otherwise."""
    for ask in asks.values():
        answer(peer, ask)
    return peer._replace(asks=asks)


def answer(peer: Served, ask: Ask) -> Any:
    """What a peer says, as JSON; Unavailable if that is a refusal."""
    line = f"{peer.name}, {ask.method} {ask.path}"
    talk = http.client.HTTPConnection(peer.url.removeprefix("http://"), timeout=SECONDS)
    try:
        talk.request(ask.method, ask.path, ask.body or None, ask.headers)
        told = talk.getresponse()
        text = told.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"{line}: {error!r}") from error
    finally:
        talk.close()
    if told.status >= http.client.BAD_REQUEST:
        raise Unavailable(f"{line}: {told.status} {text[:300].decode(errors='replace')}")
    return json.loads(text or b"null")
