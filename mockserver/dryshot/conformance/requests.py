"""What a right request is, and makers of those that need nothing, or a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dryshot.conformance.caller import Call
from dryshot.conformance.model import Model
from dryshot.conformance.sessions import Sessions

__all__ = ["Maker", "Right", "given", "of_job"]

_UNKNOWN_JOB = "c5dge2d3rn7breq27i9g"
_UNKNOWN = "dryshot-no-such-thing"


@dataclass(frozen=True, slots=True)
class Right:
    """A call, the statuses that are right for it, and those for an id that does not exist."""

    call: Call
    statuses: tuple[int, ...] = (200, 204)
    unknown: str = _UNKNOWN
    unknown_statuses: tuple[int, ...] = (404,)
    last: bool = False
    """Whether it ends what it is about, so that it comes after the wrong ones."""


Maker = Callable[[Model, Sessions], Right]
"""Makes what a request is about, and the request."""


def given(
    key: str,
    ids: Mapping[str, str] | None = None,
    *,
    statuses: tuple[int, ...] = (200, 204),
    unknown_statuses: tuple[int, ...] = (404,),
    **more: Any,
) -> Maker:
    """Of nothing that would have to be made first."""
    call = Call(key, ids, **more)
    right = Right(call, statuses, unknown_statuses=unknown_statuses)
    return lambda _model, _sessions: right


def of_job(
    key: str,
    path: str,
    *,
    ended: bool = True,
    last: bool = False,
    statuses: tuple[int, ...] = (200, 204),
    unknown_statuses: tuple[int, ...] = (404,),
    **more: Any,
) -> Maker:
    """Of a job, which has ended unless ``ended`` is False."""

    def make(model: Model, _sessions: Sessions) -> Right:
        job = model.submit()
        if ended:
            model.wait(job)
        call = Call(key, {path: job.id}, **more)
        return Right(call, statuses, _UNKNOWN_JOB, unknown_statuses, last)

    return make
