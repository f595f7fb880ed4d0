"""Two schemas: what values one allows and the other does not, and what that means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dryshot.drift.fields import compare_fields, step
from dryshot.drift.findings import Verdict
from dryshot.drift.limits import compare_limits
from dryshot.drift.rules import Change, Effect, Side, changed
from dryshot.drift.schemas import ANY, TYPES, Node, Schemas, Variant

__all__ = ["Comparison"]


class Comparison:
    """Compares schemas of two documents, ours and theirs; each pair once, cycles included."""

    def __init__(self, ours: Schemas, theirs: Schemas) -> None:
        self.ours = ours
        self.theirs = theirs
        self._known: dict[tuple[Node, Node, Side], tuple[Change, ...]] = {}

    def compare(self, ours: Node, theirs: Node, side: Side) -> tuple[Change, ...]:
        """Every difference, with the path from here; of a pair met again inside itself, none."""
        key = (ours, theirs, side)
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = _unique(self._differences(ours, theirs, side))
        return self._known[key]

    def _differences(self, ours: Node, theirs: Node, side: Side) -> Iterator[Change]:
        home = self.ours.home(ours)
        before, after = self.ours.variants(ours), self.theirs.variants(theirs)
        yield from _compare_types(before, after, side, home)
        for kind in TYPES:
            if kind in before and kind in after:
                yield from self._compare_variants(before[kind], after[kind], side, home)
        yield from self._compare_notes(ours, theirs, side, home)

    def _compare_notes(self, ours: Node, theirs: Node, side: Side, home: str) -> Iterator[Change]:
        before, after = self.ours.note(ours, "default"), self.theirs.note(theirs, "default")
        if before != after:
            # who leaves it out now means something else
            said = side.sent and before is not None
            yield Change(
                f"{side.name}-default-changed",
                Verdict.BREAKING if said else Verdict.INFORMATIONAL,
                "",
                f"the default was {_word(before)}, is {_word(after)}",
                home,
            )
        before, after = (
            bool(d.note(n, "deprecated")) for d, n in ((self.ours, ours), (self.theirs, theirs))
        )
        if before != after:
            text = "is deprecated" if after else "is no longer deprecated"
            yield changed(side, "deprecated" if after else "undeprecated", Effect.NONE, text, home)

    def _compare_variants(
        self, before: list[Variant], after: list[Variant], side: Side, home: str
    ) -> Iterator[Change]:
        if len(before) == len(after) == 1:
            yield from self._compare_pair(before[0], after[0], side, home)
            return
        known = {name for one in before for name in one.properties}
        left = {name for one in after for name in one.properties}
        table = [[_unique(self._compare_pair(b, a, side, home)) for a in after] for b in before]
        rows = [i for i, row in enumerate(table) if all(row)]
        columns = [j for j in range(len(after)) if all(row[j] for row in table)]
        while rows and columns:
            i, j = min(
                ((i, j) for i in rows for j in columns), key=lambda p: len(table[p[0]][p[1]])
            )
            yield from _here(table[i][j], side, known, left)
            rows.remove(i)
            columns.remove(j)
        for i in rows:
            text = f"an alternative is gone: {_describe(before[i])}"
            yield changed(side, "alternative-removed", Effect.NARROWER, text, before[i].source)
        for j in columns:
            text = f"an alternative is new: {_describe(after[j])}"
            yield changed(side, "alternative-added", Effect.WIDER, text, home)

    def _compare_pair(
        self, before: Variant, after: Variant, side: Side, home: str
    ) -> Iterator[Change]:
        if before.integer != after.integer:
            yield _type_change(("integer", "number"), side, home, wider=before.integer)
        yield from _compare_enums(before, after, side, home)
        yield from compare_limits(before, after, side, home)
        for condition in sorted(before.branches.keys() & after.branches.keys()):
            for mine, other in zip(
                before.branches[condition], after.branches[condition], strict=True
            ):
                yield from self.compare(mine, other, side)
        yield from self._compare_items(before, after, side)
        yield from compare_fields(before, after, side, home, self.compare)

    def _compare_items(self, before: Variant, after: Variant, side: Side) -> Iterator[Change]:
        rest_before, rest_after = (one.items or ANY for one in (before, after))
        for index in range(max(len(before.prefix), len(after.prefix))):
            mine = before.prefix[index] if index < len(before.prefix) else rest_before
            other = after.prefix[index] if index < len(after.prefix) else rest_after
            yield from _below(f"[{index}]", self.compare(mine, other, side))
        yield from _below("[]", self.compare(rest_before, rest_after, side))


def _compare_types(
    before: Iterable[str], after: Iterable[str], side: Side, home: str
) -> Iterator[Change]:
    before_all, after_all = before, after
    gone, new = set(before) - set(after), set(after) - set(before)
    if gone == {"null"} and not new:
        yield changed(side, "no-longer-nullable", Effect.NARROWER, "must not be null now", home)
    elif new == {"null"} and not gone:
        yield changed(side, "became-nullable", Effect.WIDER, "may be null now", home)
    elif gone and new:
        names = (_names(before_all), _names(after_all))
        yield changed(side, "type-changed", Effect.OTHER, _was(*names), home)
    elif gone or new:
        yield _type_change((_names(before_all), _names(after_all)), side, home, wider=bool(new))


def _type_change(names: tuple[str, str], side: Side, home: str, *, wider: bool) -> Change:
    if names == ("integer", "number") and not wider:
        names = ("number", "integer")
    effect = Effect.WIDER if wider else Effect.NARROWER
    return changed(side, f"type-{'widened' if wider else 'narrowed'}", effect, _was(*names), home)


def _names(kinds: Iterable[str] | dict[str, list[Variant]]) -> str:
    if set(kinds) == set(TYPES):
        return "of any type"
    if not isinstance(kinds, dict):
        return " or ".join(sorted(kinds))
    whole = {k for k, ones in kinds.items() if k == "number" and all(one.integer for one in ones)}
    return " or ".join(sorted("integer" if k in whole else k for k in kinds)) or "nothing"


def _compare_enums(before: Variant, after: Variant, side: Side, home: str) -> Iterator[Change]:
    if before.enum == after.enum:
        return
    if before.enum is None or after.enum is None:
        listed = after.enum is not None
        values = ", ".join(sorted(after.enum or before.enum or ()))
        text = f"only these are allowed now: {values}" if listed else f"not only {values} now"
        effect = Effect.NARROWER if listed else Effect.WIDER
        yield changed(side, "enum-introduced" if listed else "enum-dropped", effect, text, home)
        return
    for value in sorted(after.enum - before.enum):
        rule = f"enum-value-added-to-{side.name}"
        yield Change(rule, side.verdict(Effect.WIDER), "", f"new value {value}", home)
    for value in sorted(before.enum - after.enum):
        rule = f"enum-value-removed-from-{side.name}"
        yield Change(rule, side.verdict(Effect.NARROWER), "", f"the value {value} is gone", home)


def _below(step: str, changes: Iterable[Change]) -> Iterator[Change]:
    return (change._replace(path=f"{step}{change.path}") for change in changes)


def _here(
    changes: Iterable[Change], side: Side, known: set[str], left: set[str]
) -> Iterator[Change]:
    """Without fields that are new or gone in this pair only: another alternative has them."""
    elsewhere = {f"{side.name}-field-added": known, f"{side.name}-field-removed": left}
    for change in changes:
        name = change.text.partition(" ")[0]
        direct = change.path == step(name)
        if not (direct and name in elsewhere.get(change.rule, ())):
            yield change


def _unique(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Each once, at its shortest path."""
    found: dict[tuple[str, str, str], Change] = {}
    for change in changes:
        key = (change.rule, change.text, change.source)
        if key not in found or len(change.path) < len(found[key].path):
            found[key] = change
    return tuple(found.values())


def _describe(variant: Variant) -> str:
    if variant.enum is not None:
        return ", ".join(sorted(variant.enum))
    if variant.properties:
        return "an object of " + ", ".join(sorted(variant.properties))
    limits = ", ".join(f"{key} {value}" for key, value in sorted(variant.limits.items()))
    return limits or variant.source


def _word(value: object) -> str:
    return "none" if value is None else json.dumps(value)


def _was(before: str, after: str) -> str:
    return f"was {before}, is {after}"
