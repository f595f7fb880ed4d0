"""Who asks, and in which instance's name: the bearer token and the Service-CRN header."""

from __future__ import annotations

from typing import NamedTuple

from dryshot.contract import Call
from dryshot.errors import NotAuthenticated
from dryshot.http import Request
from dryshot.world import Account, World
from dryshot.world.platform import ServiceInstance

__all__ = ["VERSIONS", "Caller", "authenticate", "bearer", "speaks"]

VERSIONS = (
    ("2024-01-01", "2027-01-01"),
    ("2025-01-01", "2027-01-01"),
    ("2025-05-01", "2027-01-01"),
    ("2026-02-01", "2027-02-01"),
    ("2026-02-15", "2027-02-15"),
    ("2026-03-15", "2027-03-15"),
    ("2026-04-15", None),
)
"""Every API version, oldest first, and the day it ends; the last one is live."""

_KNOWN = frozenset(known for known, _ in VERSIONS)


class Caller(NamedTuple):
    """An account, and the one of its instances that the request is for."""

    account: Account
    instance: ServiceInstance


def bearer(world: World, request: Request) -> Account:
    """The account of the bearer token; ``NotAuthenticated`` for any other credential."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated("no bearer token")
    return world.platform.authenticate(token.strip())


def authenticate(world: World, request: Request) -> Caller:
    """The account of the token, and its instance of the CRN in the region of the host."""
    account = bearer(world, request)
    region = "eu-de" if "eu-de." in request.host else "us-east"
    crn = request.headers.get("service-crn", "")
    return Caller(account, world.platform.instance(account, crn, region))


def speaks(call: Call, version: str) -> bool:
    """Whether the caller asked for ``version`` or a later one; an unknown one is the oldest."""
    asked = call.request.headers.get("ibm-api-version", "")
    return asked >= version and asked in _KNOWN
