"""What a declared job or session is made of: whose it is, where, when, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeVar

from dryshot.clock import Instant
from dryshot.errors import DryshotError, LoginFailed
from dryshot.instants import EPOCH, since_epoch
from dryshot.world.accounts import Account, Accounts
from dryshot.world.backends import Backend
from dryshot.world.instances import ServiceInstance
from dryshot.world.lifecycle import JobStatus
from dryshot.world.platform import Platform
from dryshot.world.reasons import reason_for
from dryshot.world.work import Outcome

__all__ = [
    "BadDeclaration",
    "Times",
    "check_count",
    "failing",
    "instance_of",
    "instant",
    "outcome_of",
    "owner_of",
    "params_for",
    "place_for",
    "times_of",
    "word",
]

_NOT_RUN = 5203
_QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
_PARAMS: Mapping[str, Mapping[str, Any]] = {
    "sampler": {"pubs": [[_QASM]], "version": 2},
    "estimator": {"pubs": [[_QASM.partition(" bit")[0] + " x $0;", "Z"]], "version": 2},
}

S = TypeVar("S", bound=StrEnum)


class BadDeclaration(DryshotError, ValueError):
    """What was declared cannot be; ``field`` is the name of what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class Places(Protocol):
    """What a job can be put into: a world."""

    platform: Platform
    backends: dict[str, Backend]


class Times(NamedTuple):
    """The instants of a job."""

    created: datetime
    started: datetime | None
    ended: datetime | None


def word(kind: type[S], text: str, field: str) -> S:
    """The member of ``kind`` that is written so."""
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(kind)
        raise BadDeclaration(field, f"{text!r} is none of {known}") from None


def check_count(field: str, value: object) -> None:
    """``BadDeclaration`` if it is not a whole number from 0 on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadDeclaration(field, f"{value!r}; a whole number, 0 or more")


def failing(code: int | None, reason: str | None) -> tuple[int, str]:
    """Why a job failed."""
    code = _NOT_RUN if code is None else code
    try:
        return code, reason_for(code, reason).text
    except ValueError as error:
        raise BadDeclaration("reason_code", str(error)) from error


def params_for(program: str, params: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What was said, or a small job of the program where one is known."""
    return dict(_PARAMS.get(program, {}) if params is None else params)


def outcome_of(results: Any, usage: int, failure: str | None, code: int | None) -> Outcome | None:
    """What a job left, or will; None if nothing is said of that."""
    if failure is not None:
        text = f"Traceback (most recent call last):\nRuntimeError: {failure}\n"
        body = text if results is None else str(results)
        return Outcome(
            failed=True, body=body, reason=failure, reason_code=code, quantum_seconds=float(usage)
        )
    if results is None:
        return None
    try:
        body = results if isinstance(results, str) else json.dumps(results, separators=(",", ":"))
    except TypeError as error:
        raise BadDeclaration("results", f"not JSON: {error}") from error
    return Outcome(failed=False, body=body, quantum_seconds=float(usage))


def owner_of(accounts: Accounts, account: Account | str | None) -> Account:
    """The account, opened now if an API key names it; the first if none is named."""
    if isinstance(account, Account):
        return account
    if account is None:
        first = next(iter(accounts), None)
        if first is None:
            raise BadDeclaration("account", "nobody has one yet; name it by its API key")
        return first
    try:
        return accounts.open_with(account)
    except LoginFailed:
        raise BadDeclaration("account", "there is none with this API key") from None


def instance_of(platform: Platform, account: Account, name: str | None) -> ServiceInstance:
    """The account's instance of this name or CRN; the first if none is named."""
    every = platform.instances(account)
    for one in every:
        if name in {None, one.name, one.crn}:
            return one
    have = ", ".join(one.name for one in every) or "none"
    raise BadDeclaration("instance", f"the account has no {name!r}; it has {have}")


def place_for(
    world: Places, account: Account, dialect: str, instance: str | None, backend: str | None
) -> tuple[str, Backend]:
    """The instance and the backend; what is not given is the first that goes with the rest."""
    if dialect == "platform":
        return _modern_place(world, account, instance, backend)
    if dialect != "classic":
        raise BadDeclaration("dialect", f"{dialect!r} is neither platform nor classic")
    names = [instance] if instance else list(account.instances)
    offered = {
        name: account.instances.get(name, list(world.backends) if account.any_instance else ())
        for name in names
    }
    for name, backends in offered.items():
        if backends and (backend is None or backend in backends):
            return name, world.backends[backend or backends[0]]
    raise _nowhere(instance, backend)


def _modern_place(
    world: Places, account: Account, instance: str | None, backend: str | None
) -> tuple[str, Backend]:
    given = world.platform.instances(account)
    for one in given if instance is None else [instance_of(world.platform, account, instance)]:
        for device in world.platform.backends(one, mocks=True):
            if backend in {None, device.name}:
                return one.crn, device
    raise _nowhere(instance, backend)


def times_of(
    now: datetime,
    status: JobStatus,
    created: Instant | None,
    started: Instant | None,
    ended: Instant | None,
    usage: int,
) -> Times:
    """The instants of a job in this state; those that are not given are as late as can be."""
    for name, value, fits in (
        ("started", started, status is not JobStatus.QUEUED),
        ("ended", ended, status.final),
    ):
        if value is not None and not fits:
            raise BadDeclaration(name, f"a job that is {status} has none")
    over = instant(ended, "ended", now, now)
    ran = timedelta(seconds=usage)
    begun = instant(started, "started", over - ran if status.final else now, now)
    born = instant(created, "created", begun, now)
    if created is not None and started is None:
        begun = max(begun, born)
    if not born <= begun <= over:
        raise BadDeclaration("created", "a job is created, then started, then ended")
    ran_at_all = status in {JobStatus.RUNNING, JobStatus.COMPLETED, JobStatus.FAILED}
    return Times(
        born,
        begun if ran_at_all or started is not None else None,
        over if status.final else None,
    )


def instant(
    value: Instant | None, field: str, default: datetime, now: datetime | None = None
) -> datetime:
    """An instant that is not yet to come: not after ``now``, which is else ``default``."""
    if value is None:
        return default
    try:
        found = EPOCH + timedelta(microseconds=since_epoch(value))
    except (ValueError, OverflowError) as error:
        raise BadDeclaration(field, str(error)) from error
    if found > (now or default):
        raise BadDeclaration(field, f"{found.isoformat()} is yet to come")
    return found


def _nowhere(instance: str | None, backend: str | None) -> BadDeclaration:
    if backend is None:
        return BadDeclaration("instance", f"the account has no {instance!r} with a backend")
    where = "of the account" if instance is None else f"{instance!r}"
    return BadDeclaration("backend", f"no instance {where} has {backend!r}")
