"""Faults that answer: with other words than the service would, or twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from dryshot.faults.checks import BadFault, check_choice, check_count, check_number, check_text
from dryshot.faults.effect import Effect, When
from dryshot.faults.pages import page_of
from dryshot.http import Response

__all__ = ["Duplicate", "Fail", "Garble", "Mistype", "Page"]


@dataclass(frozen=True, slots=True)
class Fail(Effect):
    """The API's own error; ``retry_after`` in seconds."""

    kind = "fail"
    _free = True
    status: int
    retry_after: float | None = None
    enforced: bool = False
    when: When = field(default="before", kw_only=True)

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_count("status", self.status, 400, 599)
        if self.retry_after is not None:
            check_number("retry_after", self.retry_after)
        if self.enforced and self.retry_after is None:
            raise BadFault("enforced", "is set; it needs a retry_after")

    @property
    def detail(self) -> str:
        """What the journal adds to the kind."""
        return f" {self.status}"


@dataclass(frozen=True, slots=True)
class Page(Effect):
    """An HTML page of the edge, which knows nothing of the API."""

    kind = "page"
    _free = True
    status: int = 520
    html: str | None = None
    content_type: str = "text/html; charset=UTF-8"
    when: When = field(default="before", kw_only=True)

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_count("status", self.status, 200, 599)
        check_text("content_type", self.content_type)

    @property
    def detail(self) -> str:
        """What the journal adds to the kind."""
        return f" {self.status}"

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        del own
        body = page_of(self.status) if self.html is None else self.html
        headers = {"content-type": self.content_type, "server": "cloudflare"}
        return Response(self.status, headers, body.encode())


@dataclass(frozen=True, slots=True)
class Garble(Effect):
    """The body is no JSON, though it is whole."""

    kind = "garble"

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return replace(own, body=own.body[: len(own.body) // 2] + b'\x00{"')


@dataclass(frozen=True, slots=True)
class Mistype(Effect):
    """The body is said to be of another type."""

    kind = "mistype"
    content_type: str = "text/plain"

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_text("content_type", self.content_type)

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return replace(own, headers={**own.headers, "content-type": self.content_type})


@dataclass(frozen=True, slots=True)
class Duplicate(Effect):
    """What was asked is done twice, and the ``given`` one of both answers comes back."""

    kind = "duplicate"
    given: Literal["first", "second"] = "second"

    def check(self) -> None:
        """``BadFault`` if a field cannot be so."""
        check_choice("given", self.given, ("first", "second"))

    def answer(self, own: Response) -> Response:
        """What comes in the place of ``own``."""
        return own
