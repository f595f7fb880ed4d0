"""What a state file keeps of a world: records, each sealed by a digest over all before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from dryshot.errors import DryshotError
from dryshot.http import Request, Response
from dryshot.server.credentials import bearers
from dryshot.world import Outcome

__all__ = ["KINDS", "BadState", "Kind", "OtherState", "Record", "StateError", "Stored"]
__all__ += ["Unended", "answer", "decode_end", "decode_request", "encode_end", "encode_request"]

Kind = Literal["request", "end", "clock", "faults", "condition", "trouble"]
Unended = Literal["too long", "stopped"]
"""How a run ends without an outcome: the executor stopped it, or its job did."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_HEADERS = (
    "content-type",
    "service-crn",
    "ibm-api-version",
    "x-qx-client-application",
    "parent-job-id",
    "ibm-api-function-id",
)
"""The headers that say something; the others are not kept."""
_LONGEST_ANSWER = 65536


class StateError(DryshotError):
    """A state file cannot be used, or no longer be written."""


class BadState(StateError):
    """A state is not what it is to be; ``field`` says where, such as ``records[3].kind``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class OtherState(StateError):
    """A state and the server that is to have it do not go together."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened at ``at``, in microseconds of its world's clock."""

    kind: Kind
    at: int
    data: bytes = field(repr=False)

    def sealed(self, before: bytes) -> bytes:
        """The digest over everything up to this record, given the one up to that before it."""
        head = f"{self.kind}\0{self.at}\0{len(self.data)}\0".encode()
        return hashlib.blake2b(before + head + self.data, digest_size=16).digest()


@dataclass(slots=True, eq=False)
class Stored:
    """A tenant in the file: ``genesis`` is what its world began with, as JSON text.

    ``key`` is its number in the file, None before its first record; ``count`` and ``seal`` are of
    its records.
    """

    name: str
    genesis: str = field(repr=False)
    key: int | None = None
    count: int = 0
    seal: bytes = b""

    def __post_init__(self) -> None:
        if not self.seal:
            self.seal = self.origin

    @property
    def origin(self) -> bytes:
        """The seal before the first record."""
        text = f"{self.name}\0{self.genesis}".encode()
        return hashlib.blake2b(text, digest_size=16).digest()

    def add(self, record: Record) -> None:
        """Count and seal one more record."""
        self.seal = record.sealed(self.seal)
        self.count += 1


def encode_request(request: Request, answered: str, serials: Mapping[str, int]) -> bytes:
    """A request without its credentials, and how it was answered.

    ``serials`` says of each token in it, by which log-in of its world it was given.
    """
    head = {
        "answer": answered,
        "method": request.method,
        "scheme": request.scheme,
        "host": request.host,
        "port": request.port,
        "path": request.path,
        "query": request.query,
        "headers": {name: request.headers[name] for name in _HEADERS if name in request.headers},
        "tokens": {
            one.header: [one.prefix, serials[one.value]]
            for one in bearers(request)
            if one.value in serials
        },
    }
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + request.body


def decode_request(data: bytes, token: Callable[[int], str]) -> tuple[Request, str]:
    """The request with its tokens, and how it was answered."""
    text, _, body = data.partition(b"\n")
    head: dict[str, Any] = json.loads(text)
    answered = head.pop("answer")
    tokens = head.pop("tokens")
    headers = head.pop("headers")
    headers |= {name: prefix + token(serial) for name, (prefix, serial) in tokens.items()}
    return Request(headers=headers, body=body, **head), answered


def answer(response: Response, *, secret: bool) -> str:
    """Status and id of an answer, by which it is known again; a secret id is digested."""
    found = None
    if response.body and len(response.body) <= _LONGEST_ANSWER:
        try:
            value = json.loads(response.body)
        except ValueError:
            value = None
        if isinstance(value, dict):
            found = value.get("access_token", value.get("id"))
    if not isinstance(found, str):
        return str(response.status)
    if secret:
        found = hashlib.blake2b(found.encode(), digest_size=6).hexdigest()
    return f"{response.status} {found}"


def encode_end(job_id: str, run: int, end: Outcome | Unended) -> bytes:
    """How a job's run ended, and how long it was, in microseconds."""
    outcome = end if isinstance(end, str) else asdict(end)
    value = {"job": job_id, "run": run, "end": outcome}
    return json.dumps(value, separators=(",", ":")).encode()


def decode_end(data: bytes) -> tuple[str, int, Outcome | Unended]:
    """The job's id, how long it ran, and how that ended."""
    value = json.loads(data)
    end = value["end"]
    if not isinstance(end, str):
        lists = {name: tuple(end[name]) for name in ("num_qubits", "circuit_depths")}
        end = Outcome(**(end | lists))
    return value["job"], value["run"], end
