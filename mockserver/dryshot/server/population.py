"""The worlds of one time: those since the server began, or those that an import brought."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dryshot.http import Request, Response
from dryshot.mock import NOTEBOOK_START, Mock
from dryshot.server.clocks import ServedClock, microseconds
from dryshot.server.credentials import bearers, key_of, looks_like_a_key, with_bearers, with_key
from dryshot.server.keyring import Accounts, Keyring, describe, name_of
from dryshot.server.outcomes import Outcomes
from dryshot.server.records import BadState, StateError, Stored
from dryshot.server.tenant import Genesis, Tenant
from dryshot.world import Account

if TYPE_CHECKING:  # only where something is kept
    from dryshot.server.book import Book
    from dryshot.server.past import Past

__all__ = ["Population"]

_TOO_MANY_REQUESTS = 429
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Full(Exception):
    """No further world can be made."""


class Population:
    """Worlds by their keys and tokens; ``book`` is where they are kept, if they are.

    The other arguments are those of ``Tenants``. Methods may be called from any thread.
    """

    def __init__(
        self,
        make: Callable[[Genesis], Mock],
        keyring: Keyring,
        *,
        seed: int,
        wall: Callable[[], float] | None,
        book: Book | None,
        max_tenants: int,
    ) -> None:
        self._make = make
        self._keyring = keyring
        self._seed = seed
        self._wall = wall
        self._book = book
        self._max_tenants = max_tenants
        self._lock = threading.RLock()
        self._abandoned = False
        self._tenants: dict[str, Tenant] = {}
        self._used: OrderedDict[str, None] = OrderedDict()
        self._by_token: dict[str, Tenant] = {}
        self._by_digest: dict[str, Tenant] = {}
        nobody = Account(secrets.token_hex(64))
        self._neutral = make(self._genesis(seed, self._start(), (nobody,), neutral=True))

    def restore(self, past: Past) -> None:
        """Let the worlds of a past live through it again; ``StateError`` if they cannot."""
        for place, stored in enumerate(past.tenants):
            with _blamed(f"tenants[{place}].genesis"):
                self._restore(stored)
        past.live(self._tenants)
        for tenant in self._tenants.values():
            self._by_token.update(dict.fromkeys(tenant.tokens, tenant))

    def abandon(self) -> None:
        """End every world, without waiting for any: others have taken their place."""
        self._abandoned = True
        with self._lock:
            tenants = list(self._tenants.values())
        for tenant in tenants:
            tenant.abandon()

    def answer(self, request: Request) -> Response | None:
        """The answer of the world of whoever asks; None if these worlds are abandoned."""
        key = key_of(request)
        if key is not None:
            request = with_key(request, self._keyring.digest(key))
        while not self._abandoned:
            try:
                tenant, mine = self.find(request, key)
            except _Full:
                return self._refuse(request)
            if tenant is None:
                return self._neutral(mine)
            handled = tenant.handle(mine)
            if handled is None:  # another world took its place meanwhile
                continue
            if handled.token is not None or not tenant.proven:
                with self._lock:
                    for token in handled.forgotten:
                        self._by_token.pop(token, None)
                    if not tenant.proven:
                        self._forget(tenant, unless_proven=True)
                    elif handled.token is not None and not tenant.ended:
                        self._by_token[handled.token] = tenant
            return handled.response
        return None

    def find(self, request: Request, key: str | None = None) -> tuple[Tenant | None, Request]:
        """Whose world it is, and the request as that world is to see it."""
        with self._lock:
            if key is not None:
                return self._opened(key), request
            for bearer in bearers(request):
                tenant = self._by_token.get(bearer.value)
                if tenant is not None:
                    self._used.move_to_end(tenant.name)
                    return tenant, request
                digest = self._keyring.digest(bearer.value)
                if digest in self._by_digest or looks_like_a_key(bearer.value):
                    mine = with_bearers(request, {bearer.value: digest})
                    return self._opened(bearer.value), mine
            return None, request

    def names(self) -> Sequence[str]:
        """Every tenant, oldest first."""
        with self._lock:
            return list(self._tenants)

    def tenant(self, name: str) -> Tenant:
        """One tenant; ``KeyError`` if there is none of that name."""
        with self._lock:
            return self._tenants[name]

    def reset(self, name: str | None) -> None:
        """Let one tenant, or all, begin anew; ``KeyError`` if there is none of that name."""
        with self._lock:
            for one in self.names() if name is None else [name]:
                old = self.tenant(one)
                accounts = tuple(old.mock.world.accounts)
                new = self._new(one, accounts)
                self._forget(old)
                self._enter(new, accounts)

    def _opened(self, key: str) -> Tenant | None:
        """The world of a key, made now if need be; None if it opens none."""
        tenant = self._by_digest.get(self._keyring.digest(key))
        if tenant is None:
            accounts = self._keyring.accounts(key)
            if accounts is None:
                return None
            self._make_room()
            tenant = self._new(name_of(accounts[0].api_token), accounts)
            self._enter(tenant, accounts)
        self._used.move_to_end(tenant.name)
        return tenant

    def _make_room(self) -> None:
        if len(self._tenants) < self._max_tenants:
            return
        if self._book is None:
            for name in self._used:
                if self._tenants[name].idle:
                    self._forget(self._tenants[name])
                    return
        raise _Full

    def _refuse(self, request: Request) -> Response:
        with self._neutral.clock.lock:
            self._neutral.faults.fail(_TOO_MANY_REQUESTS)
            try:
                return self._neutral(request)
            finally:
                self._neutral.faults.clear()

    def _new(self, name: str, accounts: Accounts) -> Tenant:
        text = f"{self._seed}\0{accounts[0].account_id}".encode()
        seed = int.from_bytes(hashlib.blake2b(text, digest_size=7).digest())
        start = self._start()
        begin = {
            "seed": seed,
            "start": microseconds(start),
            "accounts": [describe(account) for account in accounts],
            "declared": self._keyring.declared(accounts),
        }
        stored = Stored(name, json.dumps(begin, separators=(",", ":")))
        return self._tenant_of(stored, self._genesis(seed, start, accounts))

    def _restore(self, stored: Stored) -> None:
        begin = json.loads(stored.genesis)
        accounts = self._keyring.recall(begin["accounts"], declared=begin["declared"])
        start = _EPOCH + timedelta(microseconds=begin["start"])
        tenant = self._tenant_of(stored, self._genesis(begin["seed"], start, accounts))
        tenant.proven = True
        self._enter(tenant, accounts)

    def _tenant_of(self, stored: Stored, genesis: Genesis) -> Tenant:
        keep = None if self._book is None else self._book.keep
        return Tenant(stored, genesis, self._make(genesis), keep)

    def _genesis(
        self, seed: int, start: datetime, accounts: Accounts, *, neutral: bool = False
    ) -> Genesis:
        clock = ServedClock(start, self._wall)
        return Genesis(seed, clock, accounts, Outcomes(), neutral=neutral)

    def _start(self) -> datetime:
        if self._wall is None:
            return datetime.fromisoformat(NOTEBOOK_START)
        return datetime.fromtimestamp(self._wall(), UTC)

    def _enter(self, tenant: Tenant, accounts: Accounts) -> None:
        self._tenants[tenant.name] = tenant
        self._used[tenant.name] = None
        self._by_digest |= {account.api_token: tenant for account in accounts}

    def _forget(self, tenant: Tenant, *, unless_proven: bool = False) -> None:
        """End a world, and whatever leads to it."""
        if not tenant.end(unless_proven=unless_proven):
            return
        for token in tenant.tokens:
            self._by_token.pop(token, None)
        for account in tenant.mock.world.accounts:
            self._by_digest.pop(account.api_token, None)
        del self._tenants[tenant.name], self._used[tenant.name]
        if self._book is not None:
            self._book.drop(tenant.stored)


@contextmanager
def _blamed(field: str) -> Iterator[None]:
    """Whatever fails, ``field`` of a state is at fault."""
    try:
        yield
    except StateError:
        raise
    except Exception as error:
        raise BadState(field, f"{field} makes no world: {error!r}") from error
