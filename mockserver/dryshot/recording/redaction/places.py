"""The places where secrets stand, by the type of what stands there: fields, headers, URLs."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Place", "find_places", "is_needless_header", "kind_of_field", "kind_of_header"]

_FIELDS = {
    "api key": (
        r"(?:iam[_-]?)?api[_-]?key|api[_-]?token|apikeytoken|password|passwd|passcode"
        r"|(?:client[_-]?|access[_-]?key[_-]?)?secret|secret[_-]?access[_-]?key"
        r"|access[_-]?key[_-]?id|private[_-]?key|aws[_-]?access[_-]?key[_-]?id"
    ),
    "token": (
        r"(?:x-)?(?:access|refresh|id|auth|bearer|session|security|uaa|ims|delegated[_-]?refresh)"
        r"[_-]?token|x-amz-security-token|token"
    ),
    "account id": r"account[_-]?id|account[_-]?guid|bss|bss[_-]?account|subscription[_-]?id",
    "user id": (
        r"user[_-]?id|iam[_-]?id|owner[_-]?id|created[_-]?by|updated[_-]?by|requester[_-]?id"
        r"|user[_-]?name"
    ),
    "person": r"(?:first|last|full|given|family)[_-]?name|institution",
    "instance id": r"guid|instance[_-]?guid|(?:service[_-]?|resource[_-]?)?instance[_-]?id",
    "email": r"e?mail|email[_-]?address",
    "ip": r"(?:client|remote|source|user)?[_-]?ip|(?:ip|remote)[_-]?addr(?:ess)?",
}
"""The names of fields that hold each kind, whatever their case."""

_SIGNATURES = (
    r"x-(?:amz|goog)-(?:signature|credential|security-token)|signature|awsaccesskeyid"
    r"|googleaccessid|sig"
)
_HEADER_KINDS = (
    ("token", re.compile(r"(?i)authorization|(?<!max-)token|credential")),
    ("api key", re.compile(r"(?i)api[_-]?key|secret|password")),
)
_NEEDLESS = re.compile(
    r"(?i)(?:set-)?cookie2?|cf-.+|cdn-.+|x-(?:amz-cf|b3|envoy|akamai|datadog|newrelic|forwarded)-.+"
    r"|x-(?:served-by|timer|cache(?:-hits)?|real-ip|client-ip|cluster-client-ip|amzn-trace-id"
    r"|cloud-trace-context|global-transaction-id|correlation-id|forwarded-for)|akamai-.+"
    r"|via|forwarded|true-client-ip|nel|report-to|alt-svc|traceparent|tracestate|baggage|b3"
    r"|newrelic|sentry-trace|transaction-id"
)
_KEPT = frozenset({"", "bearer", "not_supported", "null", "none", "true", "false", "default"})
_BITS = re.compile("[01]+")
"""What an algorithm may call its secret."""
_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'


class Place(NamedTuple):
    """Where in a text a value stands that is secret by its place."""

    start: int
    end: int
    kind: str


_NAME = r"([A-Za-z][\w-]{1,31})"
_NAMED = (
    re.compile(rf'(?<!\\)"{_NAME}"\s*:(?=\s*{_QUOTED})'),
    re.compile(rf'"name"\s*:\s*"{_NAME}"\s*,\s*"value"\s*:(?=\s*{_QUOTED})'),  # as in HAR
    re.compile(rf"(?:^|[?&'\"\s]){_NAME}=(?=([^&\s\"'<>\\]+))"),
    re.compile(  # as in YAML, or the lines of a header
        rf"(?:^|[\s'\"]){_NAME}['\"]?:(?=\s*(?:-\s+)?['\"]?"
        r"(?=[^\s\"',]*[A-Za-z])([^\s\"',{[(\\]+))"
    ),
)
"""A name and what it is given."""
_PATHS = (
    ("account id", re.compile(r"/accounts/([\w%-]{8,})")),
    ("instance id", re.compile(r"/resource_instances/([\w-]{16,})(?![\w%:])")),
)
_SCHEME = re.compile(r"(?i)\s*(?:bearer|apikey|basic|token)\s+")
_BASIC = re.compile(r"(?i)(?<![\w-])basic[ +]+([A-Za-z0-9+/_-]{4,}={0,2})")
_GIVEN = re.compile(r"(?i)(?<![\w-])(bearer|apikey)[ +]+([\w.~+/=-]{8,})")


@functools.lru_cache(4096)
def kind_of_field(name: str) -> str | None:
    """What kind of secret a field of this name holds; None if none."""
    for kind, names in _FIELDS.items():
        if re.fullmatch(names, name, re.IGNORECASE):
            return kind
    return "signature" if re.fullmatch(_SIGNATURES, name, re.IGNORECASE) else None


def kind_of_header(name: str) -> str | None:
    """What kind of secret the whole value of a header is; None if it is none."""
    return next((kind for kind, names in _HEADER_KINDS if names.search(name)), None)


def is_needless_header(name: str) -> bool:
    """Whether a header is of the network's making: cookies, caches, traces."""
    return _NEEDLESS.fullmatch(name) is not None


def find_places(text: str) -> Iterator[Place]:
    """Every place in a text, whatever stands there, but for what every service says."""
    for pattern in _NAMED:
        for found in pattern.finditer(text):
            if (kind := kind_of_field(found[1])) is not None:
                yield from _place(text, found.span(2), kind)
    for kind, pattern in _PATHS:
        for found in pattern.finditer(text):
            yield Place(*found.span(1), kind)
    for found in _GIVEN.finditer(text):
        if any(character.isdigit() for character in found[2]):
            kind = "api key" if found[1].lower() == "apikey" else "token"
            yield Place(*found.span(2), kind)
    for found in _BASIC.finditer(text):
        yield Place(*found.span(1), "basic")


def _place(text: str, span: tuple[int, int], kind: str) -> Iterator[Place]:
    start, end = span
    if (scheme := _SCHEME.match(text, start, end)) is not None:
        start = scheme.end()
    value = text[start:end].lower()
    if value not in _KEPT and not _BITS.fullmatch(value):
        yield Place(start, end, kind)
