"""Named steps of a program, each told as a line of JSON when it is over."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["NotOffered", "needs", "not_offered", "refused", "step"]


class NotOffered(NotImplementedError):
    """What a step wants is not in this client."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """One capability; whatever goes wrong in it is told, and the next one begins."""
    try:
        yield
    except NotImplementedError as absent:
        _tell(name, "not offered", str(absent))
    except Exception as error:  # noqa: BLE001 - a probe goes on
        _tell(name, "failed", f"{_place(error)}: {type(error).__name__}: {error}")
    else:
        _tell(name, "ok")


def needs(owner: object, name: str) -> None:
    """End the step here if the client has no such name."""
    if not hasattr(owner, name):
        kind = getattr(owner, "__name__", type(owner).__name__)
        raise NotOffered(f"{kind} has no {name}")


def refused(kinds: Any, call: Any, *arguments: Any, **options: Any) -> str:
    """The words with which it is refused."""
    try:
        call(*arguments, **options)
    except kinds as error:
        return str(error)
    raise AssertionError("nothing was refused")


def not_offered(why: str, *names: str) -> None:
    """Capabilities that this client does not have at all."""
    for name in names:
        _tell(name, "not offered", why)


def _place(error: BaseException) -> str:
    """Where in the step it happened."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return f"line {trace.tb_lineno}" if trace else "nowhere"


def _tell(name: str, outcome: str, reason: str = "") -> None:
    sys.stdout.write(json.dumps({"step": name, "outcome": outcome, "reason": reason}) + "\n")
    sys.stdout.flush()
