"""Our documents, copies of them in which one thing is changed, and how to find places in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from dryshot.contract import Contract
from dryshot.drift.documents import compare_documents
from dryshot.drift.findings import Finding
from dryshot.drift.reading import Document

__all__ = ["Change", "compare", "copy_of", "found", "mutated", "parts"]

Change = Callable[[dict[str, Any]], object]


def copy_of(name: str) -> dict[str, Any]:
    """A copy of one of our documents that may be changed."""
    copy: dict[str, Any] = json.loads(json.dumps(Contract.load(name).document))
    return copy


def compare(ours: Any, theirs: Any) -> tuple[Finding, ...]:
    """What differs between two documents."""
    return compare_documents(Document("ours", ours), [Document("theirs", theirs)]).findings


def mutated(name: str, change: Change) -> tuple[Finding, ...]:
    """What is found when a change was made to a copy of our document."""
    theirs = copy_of(name)
    change(theirs)
    return compare(copy_of(name), theirs)


def found(finding: Finding) -> tuple[str, str]:
    """A finding's rule and class."""
    return finding.rule, finding.verdict.value


def parts(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every object and list below a node, with its JSON pointer."""
    if isinstance(node, dict):
        yield pointer, node
        for key, value in node.items():
            yield from parts(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        yield pointer, node
        for index, value in enumerate(node):
            yield from parts(value, f"{pointer}/{index}")
