"""The classic IBM Quantum API, blocking and asynchronous."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from dryshot_client import timing
from dryshot_client.calls import D, Resource, call
from dryshot_client.drivers import AsyncDriver, AsyncSleeper, Sleeper, SyncDriver
from dryshot_client.flows import Flow
from dryshot_client.legacy.account import Account, InstanceList
from dryshot_client.legacy.analytics import Analytics
from dryshot_client.legacy.api import LegacyApi
from dryshot_client.legacy.backends import Backends
from dryshot_client.legacy.facade import Facade
from dryshot_client.legacy.jobs import Jobs
from dryshot_client.legacy.programs import Programs
from dryshot_client.legacy.sessions import Sessions
from dryshot_client.legacy.workloads import Workloads
from dryshot_client.owners import AsyncOwner, Owner
from dryshot_client.retries import RetryPolicy, read_policy

__all__ = ["AUTH_URL", "RUNTIME_URL", "AsyncLegacyRuntime", "LegacyRuntime"]

AUTH_URL = "https://auth.quantum-computing.ibm.com/api"
RUNTIME_URL = "https://runtime-us-east.quantum-computing.ibm.com"


class _Legacy(Resource[D]):
    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api
        self.programs = Programs(api, driver)
        self.backends = Backends(api, driver)
        self.jobs = Jobs(api, driver)
        self.sessions = Sessions(api, driver)
        self.instances = InstanceList(api, driver)
        self.workloads = Workloads(api, driver)
        self.analytics = Analytics(api, driver)
        self.account = Account(api, driver)
        self.facade = Facade(api, driver)

    def __repr__(self) -> str:
        where = self._api.base("runtime")
        how = "logged in" if self._api.credentials.held else "not logged in"
        return f"<{type(self).__name__} {where} instance={self._api.instance!r}, {how}>"

    @call
    def log_in(self) -> Flow[None]:
        """Obtain an access token, unless one is at hand. The first call that needs one does it."""
        yield from self._api.credentials.get()

    @call
    def log_out(self) -> Flow[None]:
        """Revoke the access token and forget it; nothing if there is none.

        A later call logs in again.
        """
        yield from self._api.credentials.drop()


class LegacyRuntime(Owner, _Legacy[SyncDriver]):
    """The classic API, blocking; may be shared between threads.

    ``api_token`` is sent to ``auth_url`` only. ``instance`` ("hub/group/project") is the one for
    calls that take an instance and are given none. ``timeout`` (seconds) and ``transport`` are for
    the httpx client that is made here, and closed at the end of a ``with`` block; a ``client`` that
    is passed in stays open, and its own authentication and redirects are not used. ``retries`` is a
    number, or a whole :class:`RetryPolicy`. ``sleep`` and ``monotonic`` are the clock to wait by.
    """

    def __init__(
        self,
        *,
        api_token: str,
        instance: str | None = None,
        auth_url: str = AUTH_URL,
        runtime_url: str = RUNTIME_URL,
        transport: httpx.BaseTransport | None = None,
        client: httpx.Client | None = None,
        timeout: float | None = 30.0,
        retries: int | RetryPolicy = 3,
        sleep: Sleeper = timing.sleep,
        monotonic: Callable[[], float] = timing.monotonic,
    ) -> None:
        Owner.__init__(self, client, transport, timeout)
        api = LegacyApi(
            self._client.build_request,
            api_token=api_token,
            instance=instance,
            auth_url=auth_url,
            runtime_url=runtime_url,
            retries=read_policy(retries),
            monotonic=monotonic,
        )
        _Legacy.__init__(self, api, SyncDriver(self._client, sleep))


class AsyncLegacyRuntime(AsyncOwner, _Legacy[AsyncDriver]):
    """The classic API, asynchronous; may be shared between the tasks of one event loop.

    Every call is awaited, but for ``jobs.list``, ``workloads.list`` and ``facade.list``, which are
    iterated with ``async for``. Arguments are those of :class:`LegacyRuntime`; ``sleep`` is
    awaited.
    """

    def __init__(
        self,
        *,
        api_token: str,
        instance: str | None = None,
        auth_url: str = AUTH_URL,
        runtime_url: str = RUNTIME_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        client: httpx.AsyncClient | None = None,
        timeout: float | None = 30.0,
        retries: int | RetryPolicy = 3,
        sleep: AsyncSleeper | None = None,
        monotonic: Callable[[], float] = timing.monotonic,
    ) -> None:
        AsyncOwner.__init__(self, client, transport, timeout)
        api = LegacyApi(
            self._client.build_request,
            api_token=api_token,
            instance=instance,
            auth_url=auth_url,
            runtime_url=runtime_url,
            retries=read_policy(retries),
            monotonic=monotonic,
        )
        _Legacy.__init__(self, api, AsyncDriver(self._client, sleep))
