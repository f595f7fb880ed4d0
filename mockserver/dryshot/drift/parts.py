"""Two operations: their parameters, bodies, answers, and what they ask of the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dryshot.drift.findings import Finding, Place, Verdict
from dryshot.drift.operations import Answer, Operation, Parameter
from dryshot.drift.rules import HEADER, PARAMETER, REQUEST, RESPONSE, Change, Side
from dryshot.drift.schemas import Node
from dryshot.drift.values import Comparison

__all__ = ["Parts"]

_BREAKING, _MILD, _INFO = Verdict.BREAKING, Verdict.NON_BREAKING, Verdict.INFORMATIONAL


class Parts:
    """Compares operations of two documents, part by part."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        schemes = comparison.theirs.document.at("/components/securitySchemes") or {}
        self._keys = {
            (str(scheme.get("in")), str(scheme.get("name")).lower())
            for scheme in schemes.values()
            if str(scheme.get("type")).lower() == "apikey"
        }

    def compare(self, ours: Operation, theirs: Operation) -> Iterator[Finding]:
        """Every difference, not yet folded."""
        if ours.id != theirs.id and " " not in theirs.id:
            text = f"its operationId is {theirs.id} now"
            yield _finding("operation-renamed", _INFO, ours, "", text, ours.pointer)
        if ours.deprecated != theirs.deprecated:
            rule = "operation-deprecated" if theirs.deprecated else "operation-undeprecated"
            text = "is deprecated" if theirs.deprecated else "is no longer deprecated"
            yield _finding(rule, _INFO, ours, "", text, ours.pointer)
        yield from self._parameters(ours, theirs)
        yield from self._body(ours, theirs)
        yield from self._answers(ours, theirs)
        yield from _security(ours, theirs)

    def _parameters(self, ours: Operation, theirs: Operation) -> Iterator[Finding]:
        for key, mine in ours.parameters.items():
            other = theirs.parameters.get(key)
            where = _where(mine)
            if other is not None:
                yield from self._parameter(ours, mine, other, where)
            elif (mine.location, mine.name.lower()) not in self._keys:
                # others declare such a header as a key, which is the same to who sends it
                text = f"{mine.name} is gone"
                yield _finding("parameter-removed", _BREAKING, ours, where, text, mine.pointer)
        for key, other in theirs.parameters.items():
            if key not in ours.parameters:
                rule = "parameter-added-as-required" if other.required else "parameter-added"
                text = f"{other.name} is new" + (" and required" if other.required else "")
                verdict = _BREAKING if other.required else _MILD
                # one declared once for many operations is one finding
                source = f"+{other.pointer}"
                yield _finding(rule, verdict, ours, _where(other), text, source)

    def _parameter(
        self, operation: Operation, mine: Parameter, other: Parameter, where: str
    ) -> Iterator[Finding]:
        if mine.required != other.required:
            rule = "parameter-became-required" if other.required else "parameter-became-optional"
            text = (
                f"{mine.name} must be sent now"
                if other.required
                else f"{mine.name} may be left out now"
            )
            verdict = _BREAKING if other.required else _MILD
            yield _finding(rule, verdict, operation, where, text, mine.pointer)
        if mine.deprecated != other.deprecated:
            rule = "parameter-deprecated" if other.deprecated else "parameter-undeprecated"
            text = "is deprecated" if other.deprecated else "is no longer deprecated"
            yield _finding(rule, _INFO, operation, where, text, mine.pointer)
        if mine.style != other.style and self._is_structured(mine.schema):
            text = f"is written as {other.style} now, was {mine.style}"
            rule = "parameter-style-changed"
            yield _finding(rule, _BREAKING, operation, where, text, mine.pointer)
        changes = self._comparison.compare(mine.schema, other.schema, PARAMETER)
        yield from _located(operation, where, changes)

    def _is_structured(self, schema: Node) -> bool:
        return bool({"array", "object"} & self._comparison.ours.variants(schema).keys())

    def _body(self, ours: Operation, theirs: Operation) -> Iterator[Finding]:
        mine, other, where = ours.body, theirs.body, "request body"
        if mine is None and other is not None:
            verdict = _BREAKING if other.required else _MILD
            rule = "request-body-added-as-required" if other.required else "request-body-added"
            yield _finding(
                rule, verdict, ours, where, "a body is new", f"{ours.pointer}/requestBody"
            )
        if mine is not None and other is None:
            text = "no body is taken now"
            yield _finding("request-body-removed", _BREAKING, ours, where, text, mine.pointer)
        if mine is None or other is None:
            return
        if mine.required != other.required:
            rule = f"request-body-became-{'required' if other.required else 'optional'}"
            text = "the body must be sent now" if other.required else "the body may be left out now"
            verdict = _BREAKING if other.required else _MILD
            yield _finding(rule, verdict, ours, where, text, mine.pointer)
        yield from self._contents(
            ours, where, (mine.contents, other.contents), REQUEST, mine.pointer
        )

    def _answers(self, ours: Operation, theirs: Operation) -> Iterator[Finding]:
        for status, mine in ours.answers.items():
            other = _answer(theirs.answers, status)
            if other is not None:
                yield from self._answer(ours, f"response {status}", mine, other)
                continue
            success = status[0] in "123"
            rule = "success-status-removed" if success else "error-status-removed"
            verdict = _BREAKING if success else _INFO
            text = f"{status} is no longer declared"
            yield _finding(rule, verdict, ours, f"response {status}", text, mine.pointer)
        for status in theirs.answers:
            if _answer(ours.answers, status) is None and not _covered(status, ours.answers):
                success = status[0] in "123"
                rule = "success-status-added" if success else "error-status-added"
                verdict = _BREAKING if success else _MILD
                text = f"{status} is new"
                source = f"+{theirs.answers[status].pointer}"
                yield _finding(rule, verdict, ours, f"response {status}", text, source)

    def _answer(
        self, operation: Operation, where: str, mine: Answer, other: Answer
    ) -> Iterator[Finding]:
        yield from self._contents(
            operation, where, (mine.contents, other.contents), RESPONSE, mine.pointer
        )
        for name in sorted(mine.headers.keys() | other.headers.keys()):
            before, after = mine.headers.get(name), other.headers.get(name)
            source, place = f"{mine.pointer}/headers/{name}", f"{where} header {name}"
            if before is None:
                rule, text = "response-header-added", f"{name} is new"
                yield _finding(rule, _MILD, operation, place, text, source)
            elif after is None:
                rule, text = "response-header-removed", f"{name} is no longer declared"
                verdict = _BREAKING if before[0] else _INFO
                yield _finding(rule, verdict, operation, place, text, source)
            else:
                if before[0] != after[0]:
                    word = "required" if after[0] else "optional"
                    verdict = _MILD if after[0] else _BREAKING
                    rule, text = f"response-header-became-{word}", f"{name} is {word} now"
                    yield _finding(rule, verdict, operation, place, text, source)
                changes = self._comparison.compare(before[1], after[1], HEADER)
                yield from _located(operation, place, changes)

    def _contents(
        self,
        operation: Operation,
        where: str,
        contents: tuple[Mapping[str, Node], Mapping[str, Node]],
        side: Side,
        source: str,
    ) -> Iterator[Finding]:
        mine, other = contents
        gone, new = sorted(mine.keys() - other.keys()), sorted(other.keys() - mine.keys())
        if len(gone) == len(new) == 1:
            text = f"was {gone[0]}, is {new[0]}"
            rule = f"{side.name}-media-type-changed"
            yield _finding(rule, _BREAKING, operation, where, text, source)
            gone, new = [], []
        for kind in gone:
            rule, text = f"{side.name}-media-type-removed", f"{kind} is gone"
            yield _finding(rule, _BREAKING, operation, where, text, source)
        for kind in new:
            rule, text = f"{side.name}-media-type-added", f"{kind} is new"
            # a body where there was none is more than another kind of body
            bodiless = side is RESPONSE and not mine
            yield _finding(rule, _BREAKING if bodiless else _MILD, operation, where, text, source)
        for kind in mine.keys() & other.keys():
            place = where if len(mine) == 1 else f"{where} {kind}"
            changes = self._comparison.compare(mine[kind], other[kind], side)
            yield from _located(operation, place, changes)


def _answer(answers: Mapping[str, Answer], status: str) -> Answer | None:
    return answers.get(status) or answers.get(f"{status[0]}XX") or answers.get("default")


def _covered(status: str, ours: Mapping[str, Answer]) -> bool:
    """Whether a range of theirs is only another word for statuses of ours."""
    return status == "default" or (status.endswith("XX") and any(s[0] == status[0] for s in ours))


def _security(ours: Operation, theirs: Operation) -> Iterator[Finding]:
    if ours.security is None or theirs.security is None:
        return
    headers = {" ".join(key) for one in (ours, theirs) for key in one.parameters}
    mine, other = (_without(one.security or (), headers) for one in (ours, theirs))
    if mine == other:
        return
    free = not other or frozenset() in other
    enough = free or (bool(mine) and all(any(o <= way for o in other) for way in mine))
    rule = "security-relaxed" if enough else "security-changed"
    text = f"was {_said(mine)}, is {_said(other)}"
    verdict = _MILD if enough else _BREAKING
    yield _finding(rule, verdict, ours, "security", text, f"{ours.pointer}/security")


def _without(ways: Iterable[frozenset[str]], headers: set[str]) -> set[frozenset[str]]:
    """Without what one of both declares as a header parameter; a key and a token go by one name."""
    proofs = {
        way: frozenset(
            "authorization bearer" if proof == "header authorization" else proof
            for proof in way
            if proof not in headers
        )
        for way in ways
    }
    return {rest for way, rest in proofs.items() if rest or not way}


def _said(ways: Iterable[frozenset[str]]) -> str:
    said = sorted(" and ".join(sorted(way)) or "nothing" for way in ways)
    return " or ".join(said) or "nothing"


def _where(parameter: Parameter) -> str:
    return f"{parameter.location} {parameter.name}"


def _located(operation: Operation, where: str, changes: Iterable[Change]) -> Iterator[Finding]:
    for change in changes:
        place = Place(operation.id, where, f"${change.path}")
        yield Finding(change.rule, change.verdict, (place,), change.text, change.source)


def _finding(
    rule: str, verdict: Verdict, operation: Operation, where: str, text: str, source: str
) -> Finding:
    return Finding(rule, verdict, (Place(operation.id, where, ""),), text, source)
