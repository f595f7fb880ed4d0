"""Every API key has a world of its own: the tenants of a server."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

from dryshot.http import Request, Response
from dryshot.mock import Mock
from dryshot.server.keyring import Keyring
from dryshot.server.population import Population
from dryshot.server.records import OtherState
from dryshot.server.tenant import Genesis, Tenant
from dryshot.world import Account
from dryshot.world.trouble import Incident

if TYPE_CHECKING:  # only where something is kept
    from dryshot.server.book import Book
    from dryshot.server.state import State

__all__ = ["Tenants"]

T = TypeVar("T")


class Tenants:
    """The worlds of a server, and the endpoint before them: a ``Tenancy``.

    A request belongs to the world whose key it logs in with, or whose token it carries. Any other
    is answered by a neutral world, in which nobody has an account. Worlds never see the keys: they
    get digests of them, and so no journal, record or page can show one.

    Args:
        make: a mock from what it is to begin with.
        seed: decides, with a key, everything in that key's world.
        auto_accounts: whether any key opens an account; otherwise only those of ``accounts``.
        accounts: who is declared. Those of one ``account_id`` share a world.
        wall: the time in POSIX seconds; None lets every world's clock go by ticks.
        state: where everything is kept; what it holds is lived through before this returns.
        max_tenants: of more, the world that was asked longest ago and has no job under way gives
            way. With a state none does: new keys are answered with 429.
        remake: a ``make`` for the worlds of a state that was born at an instant; by default the
            same for all.
    """

    def __init__(
        self,
        make: Callable[[Genesis], Mock],
        *,
        seed: int = 0,
        auto_accounts: bool = True,
        accounts: Iterable[Account] = (),
        wall: Callable[[], float] | None = None,
        state: State | None = None,
        max_tenants: int = 1000,
        remake: Callable[[datetime], Callable[[Genesis], Mock]] | None = None,
    ) -> None:
        self._remake = remake or (lambda _born: make)
        self._state = state
        self._changing = threading.Lock()
        declared = tuple(accounts)

        def populate(make: Callable[[Genesis], Mock], salt: bytes, book: Book | None) -> Population:
            return Population(
                make,
                Keyring(salt, declared, auto=auto_accounts),
                seed=seed,
                wall=wall,
                book=book,
                max_tenants=max_tenants,
            )

        self._populate = populate
        if state is None:
            self._population = populate(make, secrets.token_bytes(32), None)
        else:
            self._population = populate(make, state.past.salt, state.book)
            self._population.restore(state.past)
            state.settle()

    def __call__(self, request: Request) -> Response:
        """Answer one request in the world of whoever asks; what it changed is kept by then."""
        while True:
            worlds = self._population
            try:
                response = worlds.answer(request)
            finally:
                if self._state is not None:
                    self._state.settle()
            if response is not None and worlds is self._population:
                return response

    def whose(self, request: Request) -> Tenant | None:
        """The tenant whose token a request carries; None if that is nobody's."""
        return self._population.find(request)[0]

    def names(self) -> Sequence[str]:
        """Every tenant, oldest first."""
        return self._population.names()

    def mock(self, name: str) -> Mock:
        """One tenant's mock; ``KeyError`` if there is none of that name."""
        return self._population.tenant(name).mock

    def reset(self, name: str | None = None) -> None:
        """Let one tenant, or all, begin anew; ``KeyError`` if there is none of that name."""
        with self._changing:
            self._population.reset(name)

    def export_state(self, out: IO[bytes]) -> None:
        """Write all that is kept as JSON, as it is at one instant, while the worlds go on.

        ``OtherState`` where nothing is kept.
        """
        from dryshot.server.transfer import write_copy

        write_copy(self._kept("exported").copy_to, out)

    def import_state(self, value: Any) -> int:
        """Let the worlds of an exported state take the place of all there are; how many records.

        They live through it first; if they cannot, or it cannot be kept, nothing has changed.
        Whatever is asked meanwhile is answered as a whole by worlds of either time: by the new ones
        unless the answer of the old ones was on its way, and kept, before.

        Raises:
            BadState: it is no exported state, or one that cannot be lived through.
            OtherState: it is of other settings, or nothing is kept here.
            StateError: it could not be kept.
        """
        from dryshot.server.transfer import read_state

        state = self._kept("imported")
        past = read_state(value)
        past.check_settings(state.past.settings, "start a server with that setting for it")
        with self._changing:
            book, old = state.new_book(), self._population
            worlds = self._populate(self._remake(past.born), past.salt, book)
            try:
                worlds.restore(past)
                state.replace(past, book, lambda: setattr(self, "_population", worlds))
            except BaseException:
                worlds.abandon()
                raise
            old.abandon()
        state.settle()
        return sum(1 for _ in past.records())

    def keep(self, name: str) -> None:
        """Keep what was done to a tenant's mock by hand: which calls are to fail.

        ``KeyError`` if there is none of that name. Its clock keeps itself. Without this, faults are
        kept with the tenant's next request.
        """
        self._lastingly(lambda worlds: worlds.tenant(name).keep_faults())

    def set_condition(self, name: str, device: str, **condition: Any) -> None:
        """As ``world.platform.set_condition`` in one tenant's world, and kept."""
        self._lastingly(lambda worlds: worlds.tenant(name).set_condition(device, **condition))

    def start_trouble(self, name: str, trouble: str, arguments: Mapping[str, Any]) -> Incident:
        """As ``world.trouble.start`` in one tenant's world, and kept when it is back."""
        return self._lastingly(
            lambda worlds: worlds.tenant(name).mock.world.trouble.start(trouble, arguments)
        )

    def clear_trouble(self, name: str, number: int | None = None) -> None:
        """End one incident of a tenant's world, or all, and keep that."""

        def clear(worlds: Population) -> None:
            trouble = worlds.tenant(name).mock.world.trouble
            if number is None:
                trouble.clear()
            else:
                trouble.find(number).clear()

        self._lastingly(clear)

    def _lastingly(self, act: Callable[[Population], T]) -> T:
        """What came of it in worlds that were the server's still when it was kept."""
        while True:
            worlds = self._population
            try:
                result = act(worlds)
            finally:
                if self._state is not None:
                    self._state.settle()
            if worlds is self._population:
                return result

    def _kept(self, what: str) -> State:
        if self._state is None:
            raise OtherState(
                f"nothing is kept here, so no state can be {what}: start the server with "
                "--state FILE"
            )
        return self._state
