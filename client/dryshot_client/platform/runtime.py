"""The platform's clients, blocking and asynchronous."""

from __future__ import annotations

import os
from collections.abc import Callable
from os import PathLike
from typing import TypedDict, Unpack

import httpx

from dryshot_client import timing
from dryshot_client.credentials import Secret
from dryshot_client.drivers import AsyncDriver, AsyncSleeper, Sleeper, SyncDriver
from dryshot_client.owners import AsyncOwner, Owner
from dryshot_client.platform.api import LATEST_VERSION, PlatformApi
from dryshot_client.platform.face import Platform
from dryshot_client.platform.hosts import find_hosts
from dryshot_client.platform.iam import IamAuth
from dryshot_client.platform.settings import ACCOUNT_FILE, read_settings
from dryshot_client.retries import RetryPolicy, read_policy

__all__ = ["AsyncRuntime", "Runtime"]


class _Settings(TypedDict):
    api_key: str | Secret | None
    instance: str | None
    url: str | None
    iam_url: str | None
    account_file: str | PathLike[str] | None
    account_name: str | None


class Runtime(Owner, Platform[SyncDriver]):
    """The platform, blocking; may be shared between threads.

    ``api_key``, ``instance`` (a CRN, a name, or ``None`` for an account's only one), ``url`` and
    ``iam_url`` come from the arguments, or else from the environment (``QISKIT_IBM_TOKEN``,
    ``QISKIT_IBM_INSTANCE``, ``QISKIT_IBM_URL``, ``IAM_URL``), or else from what IBM's SDK saved in
    ``account_file``; ``account_name`` chooses one of its accounts. The region, and with it the
    host, follows from the CRN; ``runtime_url`` names another base URL.

    An ``auth`` that is passed in takes the place of ``api_key`` and ``iam_url``, and may be shared
    by several clients. ``api_version`` is the version of the API to ask for.

    ``timeout`` (seconds) and ``transport`` are for the httpx client that is made here, and closed
    at the end of a ``with`` block; a ``client`` that is passed in stays open, and its own
    authentication and redirects are not used. ``retries`` is a number, or a whole
    :class:`RetryPolicy`. ``sleep`` and ``monotonic`` are the clock to wait by.
    """

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        instance: str | None = None,
        url: str | None = None,
        iam_url: str | None = None,
        runtime_url: str | None = None,
        account_file: str | PathLike[str] | None = ACCOUNT_FILE,
        account_name: str | None = None,
        auth: IamAuth | None = None,
        api_version: str = LATEST_VERSION,
        transport: httpx.BaseTransport | None = None,
        client: httpx.Client | None = None,
        timeout: float | httpx.Timeout | None = 30.0,
        retries: int | RetryPolicy = 3,
        sleep: Sleeper = timing.sleep,
        monotonic: Callable[[], float] = timing.monotonic,
    ) -> None:
        Owner.__init__(self, client, transport, timeout)
        policy = read_policy(retries)
        api = _make_api(
            self._client.build_request,
            auth,
            lambda key, iam: IamAuth(
                key, iam_url=iam, retries=policy, sleep=sleep, monotonic=monotonic
            ),
            runtime_url=runtime_url,
            api_version=api_version,
            retries=policy,
            monotonic=monotonic,
            api_key=api_key,
            instance=instance,
            url=url,
            iam_url=iam_url,
            account_file=account_file,
            account_name=account_name,
        )
        Platform.__init__(self, api, SyncDriver(self._client, sleep))


class AsyncRuntime(AsyncOwner, Platform[AsyncDriver]):
    """The platform, asynchronous; may be shared between the tasks of one event loop.

    Every call is awaited, but for ``jobs.list`` and ``workloads.list``, which are iterated with
    ``async for``. Arguments are those of :class:`Runtime`; ``sleep`` is awaited.
    """

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        instance: str | None = None,
        url: str | None = None,
        iam_url: str | None = None,
        runtime_url: str | None = None,
        account_file: str | PathLike[str] | None = ACCOUNT_FILE,
        account_name: str | None = None,
        auth: IamAuth | None = None,
        api_version: str = LATEST_VERSION,
        transport: httpx.AsyncBaseTransport | None = None,
        client: httpx.AsyncClient | None = None,
        timeout: float | httpx.Timeout | None = 30.0,
        retries: int | RetryPolicy = 3,
        sleep: AsyncSleeper | None = None,
        monotonic: Callable[[], float] = timing.monotonic,
    ) -> None:
        AsyncOwner.__init__(self, client, transport, timeout)
        policy = read_policy(retries)
        api = _make_api(
            self._client.build_request,
            auth,
            lambda key, iam: IamAuth(
                key, iam_url=iam, retries=policy, async_sleep=sleep, monotonic=monotonic
            ),
            runtime_url=runtime_url,
            api_version=api_version,
            retries=policy,
            monotonic=monotonic,
            api_key=api_key,
            instance=instance,
            url=url,
            iam_url=iam_url,
            account_file=account_file,
            account_name=account_name,
        )
        Platform.__init__(self, api, AsyncDriver(self._client, sleep))


def _make_api(
    build: Callable[..., httpx.Request],
    auth: IamAuth | None,
    make_auth: Callable[[Secret, str], IamAuth],
    *,
    runtime_url: str | None,
    api_version: str,
    retries: RetryPolicy,
    monotonic: Callable[[], float],
    **given: Unpack[_Settings],
) -> PlatformApi:
    if auth is not None:
        if not isinstance(auth, IamAuth):
            raise TypeError(f"auth is {type(auth).__name__}, not an IamAuth")
        for name in ("api_key", "iam_url", "account_name"):
            if given[name] is not None:
                raise ValueError(f"{name} is given, and auth as well, which is in its place")
        given["api_key"] = auth.secrets[0]  # so that no other is looked for
    environ = os.environ
    settings = read_settings(**given, environ=environ)
    hosts = find_hosts(settings.url, "us-east", environ=environ)
    return PlatformApi(
        build,
        auth=auth or make_auth(settings.api_key, settings.iam_url or hosts.iam),
        instance=settings.instance,
        url=settings.url,
        runtime_url=runtime_url,
        api_version=api_version,
        environ=environ,
        retries=retries,
        monotonic=monotonic,
    )
