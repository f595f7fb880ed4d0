"""The classic service's ``/stream/jobs/{id}``: a websocket that ends when its job does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import NamedTuple, TypeVar
from urllib.parse import unquote

from dryshot.dialects.legacy.eras import ERAS
from dryshot.http import Endpoint, Request, Response
from dryshot.mock import Mock
from dryshot.mounts.asgi import Message, Receive, Send, own_answer, request_of
from dryshot.mounts.wire import framed
from dryshot.server.tenants import Tenants
from dryshot.world import Job, JobStatus

__all__ = ["Streams"]

T = TypeVar("T")

_STREAM = re.compile(r"(?P<base>.*)/stream(?P<job>/jobs/(?P<id>[^/]+))/?")

_LOOK = 0.1
"""Seconds between two looks at a job: clients that have no stream look as often."""

_MESSAGES = 16
"""Clients have nothing to say here; one that says more is shown out."""

_OVER = 1000
_TALKATIVE = 1008
_FAILED = 1011


class _Watched(NamedTuple):
    """A job's world, whether another has taken that one's place, and the job, if it is there."""

    mock: Mock
    ended: Callable[[], bool]
    job: Job | None

    def look(self) -> bool:
        """Whether the job is over. Time goes on as for one who asks: nobody else may be asking."""
        if not self.over:
            self.mock.clock.tick()
        return self.over

    @property
    def over(self) -> bool:
        """Whether the job is over, or gone with its world."""
        return self.job is None or self.job.status.final or self.ended()


class Streams:
    """An ASGI application for ``websocket`` scopes: at most ``most`` streams at a time.

    A caller is let in, or refused in the service's own words, as if it had asked for the job over
    HTTP, and the journal has it so. It is sent a first frame, which says that it is heard, then the
    result of a job that completes, in the era that did so. The close code is 1000, on which clients
    go and ask for the job, and any other only if something is wrong, since they come again then.

    Requests for other paths are answered as if they had not asked for a websocket.
    """

    def __init__(
        self, endpoint: Endpoint, *, executor: Executor | None = None, most: int = 128
    ) -> None:
        self._endpoint = endpoint
        self._executor = executor
        self._most = most
        self._open = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await receive()  # that it is there
        if self._open >= self._most:
            why = f"There are {self._open} streams open; no more are taken at a time."
            await _refuse(scope, send, own_answer(HTTPStatus.SERVICE_UNAVAILABLE, why, last=True))
            return
        self._open += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._open -= 1

    async def _serve(self, scope: Message, receive: Receive, send: Send) -> None:
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        request = request_of({**scope, "method": "GET", "scheme": scheme}, b"")
        stream = _STREAM.fullmatch(request.path)
        if stream is None:
            await _refuse(scope, send, await self._call(lambda: self._endpoint(request)))
            return
        asked = Request(
            "GET",
            request.host,
            stream["base"] + stream["job"],
            "exclude_params=true",
            request.headers,
            scheme=request.scheme,
            port=request.port,
        )
        answer = await self._call(lambda: self._endpoint(asked))
        if answer.delivery is not None and answer.delivery.ending != "whole":
            await send({"type": "websocket.close"})  # a handshake that fails, in whatever way
            return
        if answer.status != HTTPStatus.OK:
            await _refuse(scope, send, answer)
            return
        job_id = unquote(stream["id"])
        watched = _watched(self._endpoint, asked, job_id)
        if watched is None:
            why = "What answers here is no mock, and has no streams."
            await _refuse(scope, send, own_answer(HTTPStatus.NOT_IMPLEMENTED, why, last=True))
            return
        await send({"type": "websocket.accept"})
        await _say(send, f"Listening to results for job: {job_id}\n")
        await self._follow(watched, receive, send)

    async def _follow(self, watched: _Watched, receive: Receive, send: Send) -> None:
        """Wait until the job is over, or the caller is gone."""
        over = asyncio.ensure_future(self._wait(watched))
        gone = asyncio.ensure_future(_listen(receive))
        try:
            await asyncio.wait({over, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not gone.done():
                over.result()
                job = watched.job
                if job is not None and _is_told(watched.mock, job) and job.outcome:
                    await _say(send, job.outcome.body)
                await send({"type": "websocket.close", "code": _OVER})
            elif gone.result():
                why = "No messages are taken."
                await send({"type": "websocket.close", "code": _TALKATIVE, "reason": why})
        except Exception:
            await send({"type": "websocket.close", "code": _FAILED})
            raise
        finally:
            over.cancel()
            gone.cancel()
            await asyncio.gather(over, gone, return_exceptions=True)

    async def _wait(self, watched: _Watched) -> None:
        over = watched.over or await self._call(watched.look)
        while not over:
            await asyncio.sleep(_LOOK)
            over = await self._call(watched.look)

    async def _call(self, ask: Callable[[], T]) -> T:
        """Call what may wait for a simulation, in the executor if there is one."""
        if self._executor is None:
            return ask()
        return await asyncio.get_running_loop().run_in_executor(self._executor, ask)


def _watched(endpoint: Endpoint, request: Request, job_id: str) -> _Watched | None:
    """The job that a request is for; None if the endpoint has no mock."""
    if isinstance(endpoint, Tenants):
        tenant = endpoint.whose(request)
        if tenant is None:
            return None
        mock, ended = tenant.mock, lambda: tenant.ended
    else:
        own = getattr(endpoint, "mock", endpoint)  # or one that is wrapped in something
        if not isinstance(own, Mock):
            return None
        mock, ended = own, lambda: False
    return _Watched(mock, ended, mock.world.jobs.get(job_id))


def _is_told(mock: Mock, job: Job) -> bool:
    """Whether a stream ends with the job's result; later it only ended."""
    return job.status is JobStatus.COMPLETED and ERAS[mock.world.era].streams_results


async def _listen(receive: Receive) -> bool:
    """Drop what comes until the caller is gone; True if it is still there and too much came."""
    for _ in range(_MESSAGES):
        if (await receive())["type"] == "websocket.disconnect":
            return False
    return True


async def _say(send: Send, text: str) -> None:
    text = text.encode(errors="replace").decode()  # a frame must be UTF-8, an outcome need not
    await send({"type": "websocket.send", "text": text})


async def _refuse(scope: Message, send: Send, response: Response) -> None:
    """Answer the handshake with this response, where the server can; else it answers 403."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers, body = framed("GET", response)
    start = {"status": response.status, "headers": headers}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": body})
