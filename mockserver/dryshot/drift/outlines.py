"""Shapes against committed shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dryshot.drift.findings import Finding, Place, Report, Verdict, fold
from dryshot.drift.shapes import Shapes

__all__ = ["compare_shapes", "merge_shapes"]

Shape = Mapping[str, frozenset[str]]


def compare_shapes(before: Shapes, after: Shapes, *, subject: str, file: str) -> Report:
    """What was added, removed or changed.

    What was not met this time, because there was no such answer or its list was empty, is a remark:
    an account that is empty today is no drift of the service.
    """
    findings: list[Finding] = []
    remarks: list[str] = []
    for key in sorted(before.keys() | after.keys()):
        operation, _, status = key.rpartition(" ")
        where = f"response {status}"
        if key not in after:
            remarks.append(f"{operation} {where}: not seen this time")
        elif key not in before:
            place = (Place(operation, where),)
            text = "this answer is not among the committed shapes"
            findings.append(Finding("shape-added", Verdict.NON_BREAKING, place, text))
        else:
            findings += _compare(before[key], after[key], operation, where)
            remarks += _unseen(before[key], after[key], f"{operation} {where}")
    paths = sum(map(len, after.values()))
    checked = f"{len(after)} answers, {paths} paths"
    return Report(subject, fold(findings), file, checked, tuple(remarks))


def merge_shapes(before: Shapes, after: Shapes) -> Shapes:
    """Everything that is in either."""
    return {
        key: {
            path: before.get(key, {}).get(path, frozenset())
            | after.get(key, {}).get(path, frozenset())
            for path in before.get(key, {}).keys() | after.get(key, {}).keys()
        }
        for key in before.keys() | after.keys()
    }


def _compare(before: Shape, after: Shape, operation: str, where: str) -> Iterator[Finding]:
    for path in sorted(before.keys() | after.keys()):
        place = (Place(operation, where, path),)
        old, new = before.get(path, frozenset()), after.get(path, frozenset())
        if not new and _parent(path) in after and not _is_data(path):
            if _parent(path) in before and "object" in after[_parent(path)]:
                text = f"is gone; it was {_said(old)}"
                yield Finding("shape-path-removed", Verdict.BREAKING, place, text)
        elif not old and _parent(path) in before and _has(before, _parent(path), path):
            text = f"is new: {_said(new)}"
            yield Finding("shape-path-added", Verdict.NON_BREAKING, place, text)
        elif old and new - old:
            text = f"was {_said(old)}, is {_said(new)}"
            rule = "shape-type-added" if new & old else "shape-type-changed"
            yield Finding(rule, Verdict.BREAKING, place, text)


def _unseen(before: Shape, after: Shape, place: str) -> Iterator[str]:
    for path in sorted(before):
        lost = before[path] - after.get(path, frozenset())
        if path not in after:
            if _is_data(path) and _parent(path) in after:
                yield f"{place} {path}: empty this time"
        elif lost and not after[path] - before[path]:
            yield f"{place} {path}: {_said(lost)} not seen this time"


def _has(shape: Shape, parent: str, path: str) -> bool:
    """Whether the parent's content was known before: an empty list tells nothing of its items."""
    step = path[len(parent) :]
    if step in ("[]", "{}"):
        return False
    return any(one != parent and _parent(one) == parent for one in shape)


def _parent(path: str) -> str:
    for end in ("[]", "{}"):
        if path.endswith(end):
            return path[: -len(end)]
    if path.endswith("']"):
        return path[: path.rindex("['")]
    return path.rpartition(".")[0]


def _is_data(path: str) -> bool:
    return path.endswith(("[]", "{}"))


def _said(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))
