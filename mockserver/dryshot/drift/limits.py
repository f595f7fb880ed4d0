"""Limits, formats and conditions of two schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dryshot.drift.findings import Verdict
from dryshot.drift.rules import Change, Effect, Side, changed
from dryshot.drift.schemas import Variant

__all__ = ["compare_limits"]

_WIDTHS = {None, "int32", "int64", "float", "double"}
"""JSON has numbers without a width; these formats only say how somebody keeps them."""
_NAMES = {
    "format": "format-changed",
    "pattern": "pattern-changed",
    "contentEncoding": "encoding-changed",
    "contentMediaType": "encoding-changed",
}


def compare_limits(before: Variant, after: Variant, side: Side, home: str) -> Iterator[Change]:
    """What one limits more, less or otherwise than the other."""
    for keyword in sorted(before.limits.keys() | after.limits.keys()):
        old, new = before.limits.get(keyword), after.limits.get(keyword)
        if old == new:
            continue
        name = _NAMES.get(keyword, "limit-changed")
        text = f"{keyword} was {_said(old)}, is {_said(new)}"
        effect = _effect(keyword, old, new)
        if name == "limit-changed":
            lowered = {Effect.NARROWER: "limit-tightened", Effect.WIDER: "limit-loosened"}
            name = lowered.get(effect, name)
        change = changed(side, name, effect, text, home)
        # a client hardly counts on how long a text or list it reads can be
        if keyword == "format" and {old, new} <= _WIDTHS:
            change = change._replace(verdict=Verdict.INFORMATIONAL)
        mild = not side.sent and name != "format-changed" and change.verdict is Verdict.BREAKING
        yield change._replace(verdict=Verdict.INFORMATIONAL) if mild else change
    for effect, conditions in (
        (Effect.NARROWER, after.opaque - before.opaque),
        (Effect.WIDER, before.opaque - after.opaque),
    ):
        # the other side's conditions are known only by their text: one that changed is both
        both = bool(before.opaque - after.opaque and after.opaque - before.opaque)
        if both and effect is Effect.WIDER:
            continue
        for condition in sorted(conditions):
            said = "changed" if both else "is new" if effect is Effect.NARROWER else "is gone"
            name = (
                "condition-changed"
                if both
                else f"condition-{'added' if said == 'is new' else 'removed'}"
            )
            change = changed(side, name, effect, f"a condition {said}: {_short(condition)}", home)
            yield change if side.sent else change._replace(verdict=Verdict.INFORMATIONAL)


def _effect(keyword: str, old: Any, new: Any) -> Effect:
    if new is None:
        return Effect.WIDER
    if old is None:
        return Effect.NARROWER
    if (
        not (isinstance(old, int | float) and isinstance(new, int | float))
        or keyword == "multipleOf"
    ):
        return Effect.OTHER
    lower = new < old
    upper_bound = keyword in ("exclusiveMaximum", "maximum") or keyword.startswith("max")
    return Effect.NARROWER if lower == upper_bound else Effect.WIDER


def _said(value: Any) -> str:
    return "not set" if value is None else str(value)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - about a line
