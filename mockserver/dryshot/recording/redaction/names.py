"""The names of what holds secrets, by the type of what stands there: fields and headers."""

from __future__ import annotations

import functools
import re

__all__ = ["is_needless_header", "kind_of_field", "kind_of_header"]

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
