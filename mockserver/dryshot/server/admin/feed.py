"""A tenant as it is watched: its mock, what must not be shown of it, and what is new."""

from __future__ import annotations

import secrets as random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import IO, Any

from dryshot.journal import Entry
from dryshot.mock import Mock
from dryshot.server.admin.redaction import Secrets
from dryshot.server.admin.views import all_sessions, show_clock, show_job, show_session, summary
from dryshot.server.tenancy import Tenancy

__all__ = ["Cursor", "Event", "Tenant", "Tenants"]

MOST = 500
"""Exchanges that one look tells at most; of more, the oldest are only counted."""

Event = tuple[str, Any]
"""Its name, and what is told with it."""


class Tenant:
    """One tenant's mock. ``mark`` tells it from the one that a reset puts in its place."""

    def __init__(self, name: str, mock: Mock) -> None:
        self.name = name
        self.mock = mock
        self.mark = random.token_hex(4)
        self._secrets = Secrets()
        self._learned = 0
        self._lock = threading.Lock()

    @property
    def secrets(self) -> Secrets:
        """Every secret that was sent or issued up to now: ask after reading what is shown."""
        with self.mock.clock.lock:
            keys = [account.api_token for account in self.mock.world.accounts]
        with self._lock:
            for entry in self.mock.journal.since(self._learned):
                self._secrets.learn(entry.exchange)
                self._learned = entry.sequence
            self._secrets.add(*keys)
        return self._secrets


class Tenants:
    """The tenants that were looked at."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._known: dict[str, Tenant] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Every tenant, oldest first."""
        return list(self._tenancy.names())

    def get(self, name: str) -> Tenant:
        """One tenant as it now is; ``KeyError`` if there is none of that name."""
        mock = self._tenancy.mock(name)
        with self._lock:
            for gone in self._known.keys() - set(self._tenancy.names()):
                del self._known[gone]
            known = self._known.get(name)
            if known is None or known.mock is not mock:
                known = self._known[name] = Tenant(name, mock)
            return known

    def reset(self, name: str | None) -> None:
        """Let one tenant, or all, begin anew; ``KeyError`` if there is none of that name."""
        if name is not None:
            self._tenancy.mock(name)
        self._tenancy.reset(name)

    def export_state(self, out: IO[bytes]) -> None:
        """Write all that is kept as JSON."""
        self._tenancy.export_state(out)

    def import_state(self, value: Any) -> int:
        """Let an exported state take the place of all worlds; how many records it has."""
        return self._tenancy.import_state(value)

    def keep(self, name: str) -> None:
        """Keep which calls of a tenant are to fail."""
        with suppress(KeyError):  # it is gone since
            self._tenancy.keep(name)


class Cursor:
    """What one listener has been told of a tenant, and what it has not."""

    def __init__(self, tenant: Tenant, sequence: int | None = None) -> None:
        self.tenant = tenant
        last = tenant.mock.journal.last
        self.sequence = last if sequence is None else min(sequence, last)
        self._seen: dict[tuple[str, str], Any] = {}
        self._first = True

    def news(self) -> Iterator[Event]:
        """Everything since the last look: journal, jobs, sessions, clock.

        The first look tells only how the clock stands: who begins to listen asks for the rest.
        """
        mock = self.tenant.mock
        with mock.clock.lock:
            entries = mock.journal.since(self.sequence)
            secrets = self.tenant.secrets
            now = mock.clock.now()
            clock = show_clock(mock.clock)
            state: dict[tuple[str, str], tuple[Any, Callable[[], Mapping[str, Any]]]] = {
                ("clock", ""): (clock, lambda: clock)
            }
            for job in mock.world.jobs.values():
                kept = (job.status, job.tags, job.charge, job.usage_status)
                state["job", job.id] = kept, partial(show_job, secrets, job)
            for one in all_sessions(mock):
                has = (one.state, one.accepting_jobs, one.charge)
                state["session", one.id] = has, partial(show_session, one, now)
            changed = [
                (key[0], show())
                for key, (value, show) in state.items()
                if self._seen.get(key) != value and (not self._first or key[0] == "clock")
            ]
            gone = self._seen.keys() - state.keys()
            self._seen = {key: value for key, (value, _) in state.items()}
            self._first = False
        yield from self._journal(entries)
        yield from changed
        yield from ((f"{kind}-gone", {"id": name}) for kind, name in sorted(gone))

    def _journal(self, entries: list[Entry]) -> Iterator[Event]:
        if not entries:
            return
        told = entries[-MOST:]
        dropped = told[0].sequence - self.sequence - 1
        if dropped:
            yield "dropped", {"count": dropped}
        secrets = self.tenant.secrets
        for entry in told:
            self.sequence = entry.sequence
            yield "exchange", summary(secrets, entry)
