"""Service instances of the platform, and the CRNs that name them."""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dryshot.world.plans import PLANS, REGIONS, Plan, Region

__all__ = ["MODERN_DEVICES", "Crn", "ServiceInstance", "account_id_for", "parse_crn", "user_id_for"]

MODERN_DEVICES = ("ibm_torino", "ibm_fez", "ibm_marrakesh", "ibm_kingston")
"""What an instance has if nothing else is said; the smallest first."""

_PREFIX = ("crn", "v1", "bluemix", "public", "quantum-computing")
_FIELDS = 10
_HEXADECIMAL = frozenset("0123456789abcdef")
_ACCOUNT_ID_DIGITS = 32


class Crn(NamedTuple):
    """What a CRN of the service says."""

    region: str
    account_id: str
    instance_id: str


@functools.lru_cache(maxsize=1024)
def parse_crn(text: str) -> Crn:
    """The parts of a service instance's CRN; ``ValueError`` names what is wrong with it."""
    fields = text.split(":")
    if len(fields) != _FIELDS:
        raise ValueError(f"CRN {text!r} has {len(fields)} fields, not {_FIELDS}")
    for have, want in zip(fields, _PREFIX, strict=False):
        if have != want:
            raise ValueError(f"CRN {text!r} has {have!r} where {want!r} belongs")
    region, scope, instance_id = fields[5:8]
    if not region:
        raise ValueError(f"CRN {text!r} has no region")
    if not scope.startswith("a/") or scope == "a/":
        raise ValueError(f"CRN {text!r} has {scope!r} where a/<account id> belongs")
    try:
        uuid.UUID(instance_id)
    except ValueError:
        message = f"CRN {text!r} has {instance_id!r} where a uuid belongs"
        raise ValueError(message) from None
    if any(fields[8:]):
        raise ValueError(f"CRN {text!r} names a part of an instance: {':'.join(fields[8:])!r}")
    return Crn(region, scope.removeprefix("a/"), instance_id)


def account_id_for(api_token: str) -> str:
    """The account id of an API token that was given none: 32 hexadecimal digits."""
    return _digest("account", api_token).hex()


def user_id_for(api_token: str) -> str:
    """The user id of an API token that was given none."""
    return f"IBMid-{_digest('user', api_token).hex()[:10].upper()}"


def check_account_id(account_id: str) -> None:
    """``ValueError`` if it is not 32 lower-case hexadecimal digits."""
    if len(account_id) != _ACCOUNT_ID_DIGITS or not set(account_id) <= _HEXADECIMAL:
        raise ValueError(f"account id {account_id!r} is not 32 lower-case hexadecimal digits")


@dataclass(slots=True)
class ServiceInstance:
    """An instance; make one with :meth:`make`. A world keeps, and changes, a copy of its own.

    ``backends`` are names; none means every device of the world. Limits are seconds of device time
    in 28 days; None is no limit.
    """

    crn: str
    name: str
    plan: Plan
    region: Region
    backends: tuple[str, ...] = MODERN_DEVICES
    usage_limit_seconds: int | None = None
    usage_allocation_seconds: int | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def make(
        cls,
        name: str,
        *,
        account_id: str,
        plan: str = "open",
        region: str = "us-east",
        backends: Iterable[str] = MODERN_DEVICES,
        usage_limit_seconds: int | None = None,
        usage_allocation_seconds: int | None = None,
        tags: Iterable[str] = (),
    ) -> ServiceInstance:
        """An instance whose CRN follows from account, name and region.

        A limit that is not given is the plan's, an allocation that is not given is the limit.
        """
        check_account_id(account_id)
        if plan not in PLANS:
            raise ValueError(f"instance {name}: no plan {plan!r}; there are {', '.join(PLANS)}")
        kind = PLANS[plan]
        if region not in REGIONS:
            raise ValueError(f"instance {name}: no region {region!r}; there are {REGIONS}")
        if region not in kind.regions:
            raise ValueError(f"instance {name}: the {plan} plan does not exist in {region}")
        guid = uuid.UUID(bytes=_digest(account_id, name, region), version=4)
        limit = kind.usage_limit_seconds if usage_limit_seconds is None else usage_limit_seconds
        allocation = limit if usage_allocation_seconds is None else usage_allocation_seconds
        for what, seconds in (("usage_limit_seconds", limit), ("usage_allocation", allocation)):
            if seconds is not None and seconds < 0:
                raise ValueError(f"instance {name}: {what} is {seconds} s; it is 0 or more")
        return cls(
            crn=":".join((*_PREFIX, region, f"a/{account_id}", str(guid), "", "")),
            name=name,
            plan=kind,
            region=region,
            backends=tuple(backends),
            usage_limit_seconds=limit,
            usage_allocation_seconds=allocation,
            tags=tuple(tags),
        )


def _digest(*parts: str) -> bytes:
    text = "\0".join(parts)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
