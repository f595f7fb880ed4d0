"""The kinds of things that go wrong at one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dryshot.faults import Fault, Where
from dryshot.mock import Mock

__all__ = ["DEFAULT_KINDS", "KINDS", "SUBMISSION", "Kind", "Moment"]

SUBMISSION = "create_job"
"""The operation at which jobs can be given a fate; it is called so in both APIs."""

Moment = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; ``moments`` says whether the call can fail before it is processed, or after.

    ``method`` is that of ``mock.faults``, or of ``mock.world.trouble`` for what ``strikes`` jobs or
    tokens; ``arguments`` are its own. ``title`` says what happens.
    """

    name: str
    title: str
    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    moments: tuple[Moment, ...] = ("before", "after")
    strikes: Literal["call", "job", "world"] = "call"

    def fits(self, operation: str) -> bool:
        """Whether it can happen at a call of the operation."""
        return self.strikes != "job" or operation == SUBMISSION

    def arm(self, mock: Mock, operation: str, nth: int, moment: Moment) -> Fault | None:
        """Let it happen at the ``nth`` call of the operation, which comes after this one.

        For what is no fault of the call itself, this is to be called when the call is next.
        """
        if self.strikes != "call":
            getattr(mock.world.trouble, self.method)(**self.arguments)
            return None
        where: Where = {"operation": operation, "nth": nth}
        method: Callable[..., Fault] = getattr(mock.faults, self.method)
        return method(**self._given(moment), **where)

    def line(self, operation: str, nth: int, moment: Moment) -> str:
        """What does the same in a test of its own."""
        if self.strikes != "call":
            given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
            which = f"before {operation} no. {nth}"
            return f"mock.world.trouble.{self.method}({given})  # {which}"
        values = {**self._given(moment), "operation": operation, "nth": nth}
        given = ", ".join(f"{name}={value!r}" for name, value in values.items())
        return f"mock.faults.{self.method}({given})"

    def _given(self, moment: Moment) -> dict[str, Any]:
        """The method's arguments; the moment where it is not always the same."""
        both = len(self.moments) > 1
        return {**self.arguments, **({"when": moment} if both and moment == "after" else {})}


_ALL = (
    Kind("error", "500, in the API's own words", "fail", {"status": 500}),
    Kind(
        "rate-limit",
        "429 until the time it names has passed",
        "fail",
        {"status": 429, "retry_after": 10, "enforced": True},
        ("before",),
    ),
    Kind("page", "an HTML page of the edge, 520", "page", moments=("before",)),
    Kind("refuse", "nobody listens", "refuse", moments=("before",)),
    Kind("drop", "the connection is closed without an answer", "drop"),
    Kind("timeout", "nobody answers", "timeout"),
    Kind("truncate", "half of the body comes", "truncate", moments=("after",)),
    Kind(
        "job-failed",
        "the job fails, by the machine's fault (8000)",
        "fail_jobs",
        {"reason_code": 8000},
        ("after",),
        "job",
    ),
    Kind(
        "job-cancelled",
        "the service cancels the job (1305)",
        "run_too_long",
        moments=("after",),
        strikes="job",
    ),
    Kind("reset", "the connection is reset without an answer", "reset"),
    Kind("unavailable", "503, in the API's own words", "fail", {"status": 503}),
    Kind("garble", "the body is no JSON", "garble", moments=("after",)),
    Kind("mistype", "the body is said to be text/plain", "mistype", moments=("after",)),
    Kind("slow", "the body takes 30 s", "slow", {"seconds": 30.0}, ("after",)),
    Kind("duplicate", "the request arrives twice", "duplicate", moments=("after",)),
    Kind(
        "token-revoked",
        "every token is dead from now on",
        "revoke_tokens",
        moments=("before",),
        strikes="world",
    ),
    Kind(
        "results-lost",
        "the job's results are gone (404)",
        "lose_results",
        {"status": 404},
        ("after",),
        "job",
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""

DEFAULT_KINDS = tuple(kind.name for kind in _ALL[:9])
"""What every program on a network is to bear, and what becomes of jobs."""
