"""An endpoint at a port: what ``dryshot.serve`` and ``dryshot serve`` are made of."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

from dryshot.clock import Clock
from dryshot.errors import MissingExtra
from dryshot.http import Endpoint
from dryshot.server.application import application
from dryshot.server.heartbeat import heartbeat
from dryshot.server.limits import Limits
from dryshot.server.listening import CannotServe, listen, url_of

if TYPE_CHECKING:
    from socket import socket

    from dryshot.mounts.asgi import Application
    from dryshot.server.admin import Admin
    from dryshot.server.connections import Uvicorn
    from dryshot.server.tenancy import Tenancy

__all__ = ["CannotServe", "Server", "serve"]

THREADS = 32
"""As many answers may wait for a simulation before others wait for them."""


class Server:
    """A running server; ``url`` is where this machine's programs reach it.

    ``admin_token`` is what callers of the admin API show; it is in no log and no text form.
    """

    def __init__(self, uvicorn: Uvicorn, url: str, admin_token: str) -> None:
        self.url = url
        self.admin_token = admin_token
        self._uvicorn = uvicorn
        self._ended = threading.Event()
        self._failure: BaseException | None = None

    def __repr__(self) -> str:
        return f"<Server at {self.url}>"

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """Take no more connections, finish what was begun, end; returns at once."""
        self._uvicorn.should_exit = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended; whether it has."""
        return self._ended.wait(seconds)

    def _run(self, listener: socket) -> None:
        try:
            self._uvicorn.run(sockets=[listener])
        except BaseException as error:  # noqa: BLE001 - SystemExit too; told in the caller's thread
            self._failure = error
        finally:
            listener.close()
            self._ended.set()
            self._uvicorn.ready.set()

    def _await_start(self) -> None:
        self._uvicorn.ready.wait()
        if self._failure is not None:
            raise CannotServe(f"cannot serve at {self.url}: {self._failure!r}") from self._failure


@contextmanager
def serve(
    endpoint: Endpoint | Tenancy,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_remote: bool = False,
    threads: int = THREADS,
    limits: Limits | None = None,
    grace: float = 5.0,
    listener: socket | None = None,
    pure: bool = False,
) -> Iterator[Server]:
    """Serve a mock, or the tenants of a server, over HTTP/1.1 as long as the context lasts.

    When it is entered, connections are taken; when it is left, answers under way are finished, for
    ``grace`` seconds at most. Several servers may run at once, each in a thread of its own. Worlds
    whose clock goes by real time are kept up with it meanwhile. Tenants are also shown and
    controlled below ``/_dryshot/``.

    Args:
        endpoint: what answers.
        host: where to listen; an address of this machine's own, unless ``allow_remote`` is set.
        port: 0 takes any free one.
        allow_remote: whether other machines may be let in. Whoever gets in may do everything: there
            is no password but the API keys, which are invented, and nothing is encrypted.
        threads: the endpoint is called in that many. It may wait there for a job, if jobs are
            computed in the caller's thread, while others go on being answered. 0 calls it in the
            event loop, which costs half as much and is right where it never waits: where jobs run
            in workers and the clock is the wall's, or with the stub engine.
        limits: what is taken from one client.
        grace: seconds that the last answers have.
        listener: a socket that listens already, in the place of ``host`` and ``port``.
        pure: do without httptools and uvloop, which are used where they are installed.

    Raises:
        CannotServe: the port is taken, or the host cannot be listened at, or is not loopback.
        MissingExtra: uvicorn is not installed.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        if listener is None:
            listener = listen(host, port, allow_remote=allow_remote)
        stack.callback(listener.close)
        token = secrets.token_urlsafe(32)
        admin = _Admin(cast("Tenancy", endpoint), token) if _has_tenants(endpoint) else None
        executor = ThreadPoolExecutor(threads, "dryshot-answer") if threads else None
        if executor is not None:
            stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        served = application(
            endpoint, limits=limits, executor=executor, admin=admin.make if admin else None
        )
        direct = None if threads else endpoint
        uvicorn = _configured(served, limits, grace, pure=pure, endpoint=direct)
        server = Server(uvicorn, url_of(listener), token)
        thread = threading.Thread(target=server._run, args=(listener,), name="dryshot-server")  # noqa: SLF001 - its own
        thread.start()
        try:
            server._await_start()  # noqa: SLF001 - its own
            with heartbeat(_clocks_of(endpoint)):
                yield server
        finally:
            if admin is not None:
                admin.close()
            server.stop()
            thread.join()


def _configured(
    served: Application, limits: Limits, grace: float, *, pure: bool, endpoint: Endpoint | None
) -> Uvicorn:
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtra("serving", "server") from error
    from dryshot.server.connections import Uvicorn, protocol
    from dryshot.server.upgrades import upgrading, websocket

    return Uvicorn(
        uvicorn.Config(
            cast("Any", served),
            http=upgrading(protocol(limits, pure=pure, endpoint=endpoint)),
            loop="asyncio" if pure else "auto",
            ws=cast("Any", websocket),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # who asks is who is connected, whatever a header says
            server_header=False,
            timeout_keep_alive=round(limits.idle_seconds),
            timeout_graceful_shutdown=max(1, round(grace)),
        )
    )


class _Admin:
    """The page and the admin API, made when they are first wanted."""

    def __init__(self, tenancy: Tenancy, token: str) -> None:
        self._tenancy = tenancy
        self._token = token
        self._made: Admin | None = None

    def make(self) -> Application:
        from dryshot.server.admin import application

        self._made = application(self._tenancy, token=self._token)
        return self._made

    def close(self) -> None:
        """End its streams, which a server that stops would wait for."""
        if self._made is not None:
            self._made.close()


def _has_tenants(endpoint: object) -> bool:
    return all(hasattr(endpoint, name) for name in ("names", "mock", "reset"))


def _clocks_of(endpoint: object) -> Callable[[], Iterable[Clock]]:
    """The clocks of whatever worlds there are at the moment."""

    def of_tenants() -> Iterator[Clock]:
        tenancy = cast("Tenancy", endpoint)
        for name in tenancy.names():
            try:
                yield tenancy.mock(name).clock
            except KeyError:  # it is gone since
                continue

    if _has_tenants(endpoint):
        return of_tenants
    clock = getattr(endpoint, "clock", None)
    return lambda: [clock] if isinstance(clock, Clock) else []
