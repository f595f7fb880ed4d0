"""What is asked and answered, taken down on its way; nothing is on disk until it is saved."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dryshot.contract.documents import Documents
from dryshot.http import Endpoint, Request, Response
from dryshot.recording.bodies import MAX_BYTES, decoded
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.files import write_cassette
from dryshot.recording.naming import canonical, versions
from dryshot.recording.problems import CassetteError

if TYPE_CHECKING:  # only who mounts it under httpx loads that
    import httpx

    from dryshot.recording.transports import AsyncRecording, Recording
    from dryshot.world.classic import EraName

__all__ = ["Recorder"]

_NO_ROOM = "there was no room for it"


class Recorder:
    """Collects interactions, from any number of threads, in the order in which they began.

    Args:
        now: the clock of whoever answers: instants, and how long answers take, are by it.
        documents: what names operations and the service's own URLs.
        max_bytes: once bodies and headers are larger together, nothing more is taken down; those
            who ask are answered all the same.

    What fails on the wire, and has no whole answer, is counted in ``missed`` and not taken down.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        documents: Documents | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.now = now
        self.max_bytes = max_bytes
        self.missed: Counter[str] = Counter()
        self._documents = documents or Documents()
        self._lock = threading.Lock()
        self._interactions: list[Interaction] = []
        self._hosts: dict[str, None] = {}
        self._bytes = 0
        self._full = False

    def __repr__(self) -> str:
        return f"<Recorder of {len(self._interactions)} interactions>"

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What was taken down, as it was: with every secret."""
        with self._lock:
            return tuple(sorted(self._interactions, key=lambda one: one.at))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Who was asked, by the names that were used, without secrets."""
        with self._lock:
            return tuple(self._hosts)

    @property
    def is_full(self) -> bool:
        """Whether something was left out because there was no more room."""
        return self._full

    def note(
        self, request: Request, response: Response, at: datetime, *, host: str | None = None
    ) -> None:
        """Take down one exchange, which began at ``at`` and has just ended.

        ``host`` is who really answered, if that is not the request's own.
        """
        seconds = max(0.0, (self.now() - at).total_seconds())
        try:
            sent, body = decoded(request.headers, request.body, limit=self.max_bytes)
            asked = replace(request, headers=sent, body=body)
            received, body = decoded(response.headers, response.body, limit=self.max_bytes)
            answered = replace(response, headers=received, body=body)
        except CassetteError as error:
            self.miss(str(error))
            return
        asked, operation = canonical(asked, self._documents)
        size = _size(asked, answered)
        with self._lock:
            if self._bytes + size > self.max_bytes:
                self._leave_out()
                return
            self._bytes += size
            self._hosts.setdefault(host or _host(request))
            self._interactions.append(Interaction(asked, answered, at, seconds, operation))

    def miss(self, why: str) -> None:
        """Count an exchange that is not taken down; ``why`` holds no value of it."""
        with self._lock:
            self.missed[why] += 1

    def overflow(self) -> None:
        """Count an exchange that alone is larger than there is room."""
        with self._lock:
            self._leave_out()

    def _leave_out(self) -> None:
        self._full = True
        self.missed[_NO_ROOM] += 1

    def endpoint(self, inner: Endpoint) -> Endpoint:
        """An endpoint that answers as ``inner`` does."""

        def recording(request: Request) -> Response:
            at = self.now()
            try:
                response = inner(request)
            except Exception as error:
                self.miss(type(error).__name__)
                raise
            self.note(request, response, at)
            return response

        return recording

    def transport(self, inner: httpx.BaseTransport | None = None) -> Recording:
        """For ``httpx.Client(transport=...)``; ``inner`` is the network if it is not given."""
        from dryshot.recording.transports import Recording

        return Recording(self, inner)

    def async_transport(self, inner: httpx.AsyncBaseTransport | None = None) -> AsyncRecording:
        """For ``httpx.AsyncClient(transport=...)``; ``inner`` is the network if not given."""
        from dryshot.recording.transports import AsyncRecording

        return AsyncRecording(self, inner)

    def cassette(
        self,
        *,
        provenance: str = "",
        secrets: Iterable[str] = (),
        host: str | None = None,
        incomplete: bool = False,
        instance: str = "",
        era: EraName | Literal[""] = "",
    ) -> Cassette:
        """What was taken down, without secrets; ``secrets`` are such as it could not know.

        ``host`` says who answered, in the place of the names that were used; ``instance`` is the
        one that the client was given, ``era`` which time of the classic API it was. What is
        ``incomplete`` for want of room raises ``CassetteError`` unless that is accepted, and then
        says so.
        """
        from dryshot.recording.redaction import redact

        if self._full and not incomplete:
            why = f"more than {self.max_bytes} bytes were exchanged"
            raise CassetteError(f"the recording is not complete: {why}; nothing was written")
        interactions = self.interactions
        if self._full:
            left = self.missed[_NO_ROOM]
            provenance = f"{provenance} (not complete: {left} interactions left out)".lstrip()
        return redact(
            interactions,
            recorded=interactions[0].at if interactions else self.now(),
            host=", ".join(self.hosts) if host is None else host,
            provenance=provenance,
            instance=instance,
            era=era,
            spec=versions(interactions, self._documents),
            secrets=secrets,
        )

    def save(
        self,
        path: str | Path,
        *,
        provenance: str = "",
        secrets: Iterable[str] = (),
        host: str | None = None,
        incomplete: bool = False,
        era: EraName | Literal[""] = "",
    ) -> Cassette:
        """Write :meth:`cassette` to a file, and give it.

        Raises:
            CassetteError: it is not complete, or something in it still looks like a secret, or
                the file cannot be written.
        """
        cassette = self.cassette(
            provenance=provenance, secrets=secrets, host=host, incomplete=incomplete, era=era
        )
        write_cassette(cassette, path)
        return cassette


def _host(request: Request) -> str:
    return f"{request.host}:{request.port}" if request.port else request.host


def _size(request: Request, response: Response) -> int:
    headers = (*request.headers.items(), *response.headers.items())
    text = len(request.target) + sum(len(name) + len(value) for name, value in headers)
    return text + len(request.body) + len(response.body)
