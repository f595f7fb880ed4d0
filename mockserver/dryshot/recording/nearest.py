"""Which recorded call is nearest to one that was never recorded, and how the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher, unified_diff
from typing import Any

from dryshot.fingerprints import CIRCUIT
from dryshot.journal.differences import differences as places
from dryshot.recording.calls import CREATIONS, Asked

__all__ = ["differences", "explain"]

_MOST = 20
_LONG = 100


def explain(asked: Asked, recorded: Iterable[Asked], body: Callable[[Asked], Any]) -> str:
    """What was asked, which recorded call is nearest, and their differences, a line each.

    ``body`` gives the canonical form of what a call sends.
    """
    found = min(recorded, key=lambda other: _distance(asked, other, body), default=None)
    first = f"{asked} was never recorded"
    if found is None:
        return f"{first}: the recording is empty"
    lines = list(_between(found, asked, body))
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"... and {len(lines) - _MOST} more"]
    head = f"{first}. The nearest recorded call is {found}; recorded != asked:"
    return "\n".join([head, *(f"  {line}" for line in lines)])


def differences(recorded: Any, asked: Any, path: str = "body") -> Iterator[str]:
    """Where two canonical values differ, as ``params/pubs/0/2: 100 != 200``."""
    inside = "" if path == "body" else path
    for place, one, other in places(recorded, asked, inside, whole=_is_circuit):
        where = place or path
        if _is_circuit(one) and _is_circuit(other):
            yield f"{where}: the circuit differs"
            lines = unified_diff(one[CIRCUIT], other[CIRCUIT], n=0, lineterm="")
            yield from (f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@")))
        else:
            yield f"{where}: {_short(one)} != {_short(other)}"


def _between(recorded: Asked, asked: Asked, body: Callable[[Asked], Any]) -> Iterator[str]:
    for name in ("method", "path", "version", "instance"):
        one, other = getattr(recorded, name), getattr(asked, name)
        if one != other:
            yield f"{name}: {one or 'nothing'} != {other or 'nothing'}"
    if recorded.query != asked.query:
        yield from differences(dict(recorded.query), dict(asked.query), "query")
    if asked.key in CREATIONS or recorded.body or asked.body:
        yield from differences(body(recorded), body(asked))


def _distance(asked: Asked, other: Asked, body: Callable[[Asked], Any]) -> tuple[float, ...]:
    path = SequenceMatcher(None, asked.path, other.path).ratio()
    same = asked.key == other.key
    less = (asked.version != other.version) + (asked.instance != other.instance)
    if same and asked.body is not None:
        less += sum(1 for _ in differences(body(other), body(asked)))
    return (not same, asked.method != other.method, -path, asked.query != other.query, less)


def _is_circuit(value: Any) -> bool:
    return isinstance(value, Mapping) and list(value) == [CIRCUIT]


def _short(value: Any) -> str:
    if _is_circuit(value):
        return "a circuit"
    text = repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
