"""IBM Cloud's IAM: an API key is exchanged for access tokens, which are renewed in time."""

from __future__ import annotations

import copy
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import httpx

from dryshot_client import timing
from dryshot_client.credentials import Secret
from dryshot_client.drivers import AsyncSleeper, Sleeper
from dryshot_client.errors import RuntimeApiError
from dryshot_client.flows import Sleep
from dryshot_client.platform.exchange import Exchange, Token, check_key
from dryshot_client.retries import RetryPolicy

if TYPE_CHECKING:
    import anyio

__all__ = ["IAM_URL", "IamAuth"]

IAM_URL = "https://iam.cloud.ibm.com"

T = TypeVar("T")


class _Held(Protocol):
    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Acquire:
    """Wait for the lock, and answer it, held."""


_Steps: TypeAlias = Generator[httpx.Request | httpx.Response | Sleep | _Acquire, Any, T]
"""Send a request, read a response to its end, wait, or wait for the lock. Ends with a ``T``."""


class IamAuth(httpx.Auth):
    """Authorises requests with IAM's access tokens, in any httpx client.

    One may be shared by any number of clients, threads, tasks and event loops; those who need a
    token at the same time wait for one exchange, and share its failure if IAM answers with one. A
    token is renewed after 80 % of its lifetime; and once, when it is refused with a 401, after
    which the request is sent again.

    The key is sent to ``iam_url`` only. ``retries`` says how often, or as a :class:`RetryPolicy`
    how, an exchange is repeated when IAM answers 429 or 5xx. A lost connection is not made good
    here: it is raised as httpx's own error, whose request is the one for the token.

    A refused key is an ``AuthenticationError``, other refusals are ``RateLimited``, ``ServerError``
    and ``UnexpectedAnswer``.
    """

    requires_request_body = True

    def __init__(
        self,
        api_key: str | Secret,
        *,
        iam_url: str = IAM_URL,
        retries: int | RetryPolicy = 3,
        sleep: Sleeper = timing.sleep,
        async_sleep: AsyncSleeper | None = None,
        monotonic: Callable[[], float] = timing.monotonic,
    ) -> None:
        self._key = check_key("api_key", api_key)
        self._exchange = Exchange(self._key, iam_url)
        self._retries = RetryPolicy(limit=retries) if isinstance(retries, int) else retries
        self._sleep = sleep
        self._async_sleep = async_sleep
        self._monotonic = monotonic
        self._token: Token | None = None
        self._failure: RuntimeApiError | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<IamAuth {self._exchange.url}, {'no' if self._token is None else 'has a'} token>"

    def __reduce__(self) -> str:
        raise TypeError("an IamAuth holds an API key, which is not written down")

    @property
    def held(self) -> Secret | None:
        """The token at hand, which may have died meanwhile."""
        token = self._token
        return None if token is None else token.text

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no error may repeat: the API key, and the token at hand."""
        held = self.held
        return (self._key,) if held is None else (self._key, held)

    def forget(self) -> None:
        """Drop the token at hand; the next request obtains a new one."""
        self._token = None

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """What an ``httpx.Client`` runs."""
        request.read()
        steps = self._authorise(request)
        reply: Any = None
        try:
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration:
                    return
                reply = None
                match step:
                    case httpx.Request():
                        reply = yield step
                    case httpx.Response():
                        step.read()
                    case Sleep(seconds):
                        self._sleep(seconds)
                    case _Acquire():
                        self._lock.acquire()
                        reply = self._lock
        finally:
            steps.close()  # releases the lock, if it is held

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """What an ``httpx.AsyncClient`` runs."""
        await request.aread()
        steps = self._authorise(request)
        reply: Any = None
        try:
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration:
                    return
                reply = None
                match step:
                    case httpx.Request():
                        reply = yield step
                    case httpx.Response():
                        await step.aread()
                    case Sleep(seconds):
                        await self._pause(seconds)
                    case _Acquire():
                        reply = self._task_lock()
                        await reply.acquire()
        finally:
            steps.close()  # releases the lock, if it is held; nothing to await even if cancelled

    async def _pause(self, seconds: float) -> None:
        if self._async_sleep is not None:
            await self._async_sleep(seconds)
            return
        import anyio  # late: only those who wait pay for it

        await anyio.sleep(seconds)

    def _task_lock(self) -> anyio.Lock:
        import anyio.lowlevel  # late: only asynchronous clients have a use for it

        # One for each event loop. Set as a default, because two loops may come here at once.
        name = "_task_locks"
        locks = vars(self).setdefault(name, anyio.lowlevel.RunVar[anyio.Lock | None](name, None))
        lock: anyio.Lock | None = locks.get()
        if lock is None:
            lock = anyio.Lock()
            locks.set(lock)
        return lock

    def _authorise(self, request: httpx.Request) -> _Steps[None]:
        token = self._good_token() or (yield from self._renew(None, request))
        response = yield _sign(request, token)
        refused = response.status_code == httpx.codes.UNAUTHORIZED
        # Elsewhere, after a redirect, httpx shows no token: that it is refused says nothing.
        if refused and "authorization" in response.request.headers:
            yield response  # or its connection would wait with this caller for the lock
            token = yield from self._renew(token, request)
            yield _sign(request, token)

    def _good_token(self) -> Token | None:
        token = self._token
        if token is None or token.renew_at is None or self._monotonic() < token.renew_at:
            return token
        return None

    def _renew(self, refused: Token | None, request: httpx.Request) -> _Steps[Token]:
        failure = self._failure
        lock: _Held = yield _Acquire()
        try:
            token = self._good_token()
            if token is not None and token is not refused:
                return token
            if self._failure is not None and self._failure is not failure:
                raise copy.copy(self._failure)  # IAM said so while this caller was waiting
            try:
                self._token = token = yield from self._obtain(request)
            except RuntimeApiError as error:
                self._failure = copy.copy(error)  # without the frames it came through
                raise
            return token
        finally:
            lock.release()

    def _obtain(self, cause: httpx.Request) -> _Steps[Token]:
        repetition = 0
        while True:
            asked_at = self._monotonic()
            response = yield self._exchange.ask(cause)
            yield response
            pause = self._retries.pause(repetition, response)
            if pause is None:
                return self._exchange.read(response, asked_at)
            yield Sleep(pause)
            repetition += 1


def _sign(request: httpx.Request, token: Token) -> httpx.Request:
    # In a frame of its own, which is gone before anything is sent.
    request.headers["Authorization"] = f"Bearer {token.text.reveal()}"
    return request
