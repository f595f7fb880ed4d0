"""The contents of recordings, in order to be found: calls, answers, timelines, things made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from dryshot.contract.documents import Documents
from dryshot.fingerprints import canonical, fingerprint, submission
from dryshot.http import Response
from dryshot.recording.calls import (
    CREATIONS,
    LOG_INS,
    SUBMISSIONS,
    Asked,
    made_of,
    read_call,
    read_json,
)
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.timelines import Timeline, fold

__all__ = ["PASSING", "Contents", "Creation", "Told", "answers_of"]

PASSING = frozenset({401, 408, 429, *range(500, 600)})
"""Statuses that say nothing of what was asked for: of credentials, haste, or a bad hour."""

_KEPT_OUT = frozenset(
    {
        *("connection", "content-encoding", "content-length", "date", "keep-alive", "server"),
        *("set-cookie", "strict-transport-security", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""Headers that belong to the way of an answer, not to it."""


class Told(NamedTuple):
    """A call that was recorded, and its answer."""

    asked: Asked
    interaction: Interaction

    @property
    def answer(self) -> Response:
        """The answer, byte for byte, with the headers that say something."""
        response = self.interaction.response
        kept = {name: text for name, text in response.headers.items() if name not in _KEPT_OUT}
        return Response(response.status, kept, response.body)

    @property
    def made(self) -> str | None:
        """The id of what it made."""
        creates = self.asked.key in CREATIONS and not self.refused
        return made_of(self.interaction.response) if creates else None

    @property
    def refused(self) -> bool:
        """Whether it was a refusal."""
        return self.interaction.response.status >= 400  # noqa: PLR2004 - HTTP's refusals


@dataclass(slots=True)
class Creation:
    """All recorded calls that would have made equal things: those that did, and those refused.

    ``given`` counts how many of those made were given again.
    """

    made: list[tuple[str, Told]] = field(default_factory=list)
    refused: list[Told] = field(default_factory=list)
    given: int = 0


class Contents:
    """What several cassettes hold together, as if they were one, by their instants."""

    def __init__(self, cassettes: Iterable[Cassette]) -> None:
        self._documents = Documents()
        self.cassettes = tuple(cassettes)
        every = [one for cassette in self.cassettes for one in cassette.interactions]
        every.sort(key=lambda one: one.at)
        self.told = [Told(self.read(one.request), one) for one in every]
        self.timelines: Mapping[str, Timeline] = fold(self.told)
        self.answers: dict[tuple[object, ...], list[Told]] = defaultdict(list)
        self.subjects: dict[tuple[object, ...], Told] = {}
        self.creations: dict[tuple[str | None, str], Creation] = defaultdict(Creation)
        for told in self.told:
            self._file(told)

    @property
    def start(self) -> datetime | None:
        """The first instant; None if nothing was recorded."""
        return self.told[0].interaction.at if self.told else None

    @property
    def asked(self) -> list[Asked]:
        """Every different call, without log-ins."""
        found = {told.asked.exact: told.asked for told in self.subjects.values()}
        made = [told for one in self.creations.values() for _, told in one.made]
        refused = [told for one in self.creations.values() for told in one.refused]
        return [*(told.asked for told in (*made, *refused)), *found.values()]

    @property
    def made(self) -> frozenset[str]:
        """The ids of all jobs, and of all sessions that were made."""
        made = (id_ for one in self.creations.values() for id_, _ in one.made)
        return frozenset({*self.timelines, *made})

    def read(self, request: Any) -> Asked:
        """What a request asks for."""
        return read_call(self._documents, request)

    def sent(self, asked: Asked, aliases: Mapping[str, str] | None = None) -> Any:
        """The canonical form of what a call sends; ``aliases`` are other ids of recorded things."""
        if asked.key in SUBMISSIONS and isinstance(asked.body, dict):
            session = asked.body.get("session_id")
            if isinstance(session, str):
                session = (aliases or {}).get(session, session)
            return submission(asked.body, session)
        return canonical(asked.body)

    def creation(self, asked: Asked, aliases: Mapping[str, str]) -> Creation | None:
        """The recorded calls that would make what this one does."""
        return self.creations.get((asked.key, fingerprint(self.sent(asked, aliases))))

    def _file(self, told: Told) -> None:
        asked, response = told.asked, told.interaction.response
        if asked.key in LOG_INS or response.status in PASSING:
            return
        if asked.key not in CREATIONS:
            self.subjects.setdefault(asked.subject, told)
            self.answers[asked.exact].append(told)
            return
        creation = self.creations[asked.key, fingerprint(self.sent(asked))]
        made = told.made
        if made is None:
            creation.refused.append(told)
        else:
            creation.made.append((made, told))


def answers_of(contents: Contents) -> Iterator[tuple[Told, dict[str, Any]]]:
    """Every answer that is a JSON object and no refusal."""
    for told in contents.told:
        body = read_json(told.interaction.response.body)
        if isinstance(body, dict) and not told.refused:
            yield told, body
