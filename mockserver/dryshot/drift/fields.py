"""The fields of two objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dryshot.drift.findings import Verdict
from dryshot.drift.rules import Change, Effect, Side, changed
from dryshot.drift.schemas import ANY, Node, Variant

__all__ = ["compare_fields", "step"]

Compare = Callable[[Node, Node, Side], tuple[Change, ...]]


def compare_fields(
    before: Variant, after: Variant, side: Side, home: str, compare: Compare
) -> Iterator[Change]:
    """What became of every field, of those that must be there, and of those without a name."""
    for name in sorted(before.properties.keys() - after.properties.keys()):
        if after.extra is None:
            yield _field(before, side, "removed", Verdict.BREAKING, name, f"{name} is gone")
        else:
            yield from _at(name, compare(before.properties[name], after.extra, side))
    for name in sorted(after.properties.keys() - before.properties.keys()):
        if before.extra is None:
            yield _added(before, after, side, name)
        else:
            yield from _at(name, compare(before.extra, after.properties[name], side))
    for name in sorted(before.properties.keys() & after.properties.keys()):
        yield from _at(name, compare(before.properties[name], after.properties[name], side))
    for name in sorted(before.required ^ after.required):
        yield from _required(before, after, side, name)
    yield from _compare_others(before, after, side, home, compare)


def step(name: str) -> str:
    """A field's part of a JSON path."""
    return f".{name}" if name.replace("_", "a").replace("-", "a").isalnum() else f"['{name}']"


def _field(
    before: Variant, side: Side, what: str, verdict: Verdict, name: str, text: str
) -> Change:
    rule = f"{side.name}-{what}" if what.startswith("field") else f"{side.name}-field-{what}"
    return Change(rule, verdict, step(name), text, f"{before.source}#{name}")


def _added(before: Variant, after: Variant, side: Side, name: str) -> Change:
    if side.sent and name in after.required and name not in before.required:
        text = f"{name} is new and required"
        return _field(before, side, "added-as-required", Verdict.BREAKING, name, text)
    return _field(before, side, "added", Verdict.NON_BREAKING, name, f"{name} is new")


def _required(before: Variant, after: Variant, side: Side, name: str) -> Iterator[Change]:
    needed = name in after.required
    known, knows = name in before.properties, name in after.properties
    if known != knows and (before.extra is None or after.extra is None):
        return  # that it is new or gone is said already
    text = f"{name} must be there now" if needed else f"{name} may be missing now"
    effect = Effect.NARROWER if needed else Effect.WIDER
    what = "became-required" if needed else "became-optional"
    yield _field(before, side, what, side.verdict(effect), name, text)


def _compare_others(
    before: Variant, after: Variant, side: Side, home: str, compare: Compare
) -> Iterator[Change]:
    if before.closed != after.closed:
        text = "other fields are refused now" if after.closed else "may have other fields now"
        effect = Effect.NARROWER if after.closed else Effect.WIDER
        change = changed(side, "closed" if after.closed else "opened", effect, text, home)
        # clients pass over fields that they do not know
        mild = not side.sent and not after.closed
        yield change._replace(verdict=Verdict.INFORMATIONAL) if mild else change
    elif before.extra is not None or after.extra is not None:
        changes = compare(before.extra or ANY, after.extra or ANY, side)
        yield from (change._replace(path=f"{{}}{change.path}") for change in changes)


def _at(name: str, changes: tuple[Change, ...]) -> Iterator[Change]:
    return (change._replace(path=f"{step(name)}{change.path}") for change in changes)
