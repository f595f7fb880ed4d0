"""What a recording is: interactions in order, and where they are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dryshot.http import Request, Response
from dryshot.world.classic import EraName

__all__ = ["FORMAT", "Cassette", "Interaction"]

FORMAT = 1
"""The version of the ``dryshot`` section that is written."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its answer.

    ``at`` is the instant of the request by the clock of who recorded it, ``seconds`` how long the
    answer took. ``operation`` is :attr:`~dryshot.contract.documents.Found.key`, None if no document
    knows the request. The URL is the service's own, as its document has it, whatever host stood in
    for it when it was recorded; one that no document knows is as it was.
    """

    request: Request = field(repr=False)
    response: Response = field(repr=False)
    at: datetime
    seconds: float = 0.0
    operation: str | None = None

    def __str__(self) -> str:
        request = self.request
        return f"{request.method} {request.host}{request.path} -> {self.response.status}"


@dataclass(frozen=True, slots=True)
class Cassette:
    """A recording in which there is no secret: only the redactor and the reader make one.

    ``recorded`` is when, ``host`` who really answered, ``spec`` the documents' versions by their
    names, ``redaction`` how many different values of each kind were replaced, ``provenance`` what
    it shows and how it was made, in words. ``instance`` is the CRN or the name that the client was
    given, ``era`` which time of the classic API it was; both are empty if nobody told.
    """

    interactions: tuple[Interaction, ...] = field(repr=False)
    recorded: datetime
    host: str = ""
    spec: Mapping[str, str] = field(default_factory=dict)
    redaction: Mapping[str, int] = field(default_factory=dict)
    provenance: str = ""
    instance: str = ""
    era: EraName | Literal[""] = ""

    def of(self, operation: str) -> Iterable[Interaction]:
        """The interactions of one operation, in order."""
        return (one for one in self.interactions if one.operation == operation)
