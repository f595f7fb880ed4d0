"""Our document against another one: what of its operations was added, removed or changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dryshot.drift.findings import DriftError, Finding, Place, Report, Verdict, fold
from dryshot.drift.operations import Operation, Route, read_operations, server_paths
from dryshot.drift.parts import Parts
from dryshot.drift.reading import Document
from dryshot.drift.schemas import Schemas
from dryshot.drift.values import Comparison

__all__ = ["compare_documents", "nearest_document"]


def compare_documents(
    ours: Document, theirs: Sequence[Document], *, partial: bool = False
) -> Report:
    """What a client written against ``ours`` meets where ``theirs``, taken together, is true.

    If they are ``partial``, the operations that they lack are not missing.
    """
    bases = server_paths(ours)
    mine = read_operations(ours, bases)
    findings: list[Finding] = []
    seen: set[Route] = set()
    for document in theirs:
        others = read_operations(document, bases)
        parts = Parts(Comparison(Schemas(ours), Schemas(document)))
        for route, other in others.items():
            if route in seen:
                continue
            seen.add(route)
            if route in mine:
                findings += parts.compare(mine[route], other)
            else:
                findings.append(_whole(other, "operation-added", Verdict.NON_BREAKING, "is new"))
    shared = len(seen & mine.keys())
    if not shared:
        names = ", ".join(document.name for document in theirs)
        raise DriftError(f"{names}: paths: none is one of {ours.name}")
    if not partial:
        gone = [mine[route] for route in mine if route not in seen]
        findings += [_whole(o, "operation-removed", Verdict.BREAKING, "is gone") for o in gone]
    versions = ", ".join(_titled(document) for document in theirs)
    return Report(
        f"{_titled(ours)} against {versions}",
        fold(findings),
        theirs[0].name,
        f"{shared} of {len(mine)} operations",
        tuple(_remarks([ours, *theirs])),
    )


def nearest_document(ours: Iterable[Document], theirs: Sequence[Document]) -> Document:
    """The one of ours that shares the most operations with theirs; ``DriftError`` if none does."""

    def shared(document: Document) -> int:
        bases = server_paths(document)
        known = read_operations(document, bases).keys()
        return sum(len(known & read_operations(other, bases).keys()) for other in theirs)

    best = max(((shared(document), document) for document in ours), key=lambda pair: pair[0])
    if not best[0]:
        names = ", ".join(document.name for document in theirs)
        raise DriftError(f"{names}: paths: no document of ours has one of them")
    return best[1]


def _whole(operation: Operation, rule: str, verdict: Verdict, said: str) -> Finding:
    method, path = operation.route
    place = Place(operation.id, "", "")
    return Finding(rule, verdict, (place,), f"{method} {path} {said}", operation.pointer)


def _titled(document: Document) -> str:
    return f"{document.name} {document.version}".strip()


def _remarks(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        for reference in sorted(document.dangling):
            yield f"{document.name}: {reference} leads nowhere; what it stands for was not compared"
