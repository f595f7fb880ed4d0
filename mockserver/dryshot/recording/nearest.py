"""Which recorded call is nearest to one that was never recorded, and how the two differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher, unified_diff
from typing import Any

from dryshot.recording.calls import CREATIONS, Asked
from dryshot.recording.fingerprint import CIRCUIT

__all__ = ["differences", "explain"]

_MOST = 20
_LONG = 100
_ABSENT = object()


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
    if recorded == asked and type(recorded) is type(asked):
        return
    if _is_circuit(recorded) and _is_circuit(asked):
        yield f"{path}: the circuit differs"
        lines = unified_diff(recorded[CIRCUIT], asked[CIRCUIT], n=0, lineterm="")
        yield from (f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@")))
    elif isinstance(recorded, Mapping) and isinstance(asked, Mapping):
        for key in sorted({*recorded, *asked}, key=str):
            one, other = recorded.get(key, _ABSENT), asked.get(key, _ABSENT)
            yield from differences(one, other, _below(path, key))
    elif isinstance(recorded, list) and isinstance(asked, list):
        for index in range(max(len(recorded), len(asked))):
            one = recorded[index] if index < len(recorded) else _ABSENT
            other = asked[index] if index < len(asked) else _ABSENT
            yield from differences(one, other, _below(path, index))
    else:
        yield f"{path}: {_short(recorded)} != {_short(asked)}"


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
    less = 0
    if same and asked.body is not None:
        less = sum(1 for _ in differences(body(other), body(asked)))
    return (not same, asked.method != other.method, -path, asked.query != other.query, less)


def _is_circuit(value: Any) -> bool:
    return isinstance(value, Mapping) and list(value) == [CIRCUIT]


def _below(path: str, step: object) -> str:
    return str(step) if path == "body" else f"{path}/{step}"


def _short(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    if _is_circuit(value):
        return "a circuit"
    text = repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."
