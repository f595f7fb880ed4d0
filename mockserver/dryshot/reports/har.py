"""A journal as HAR 1.2, for browsers' tools and for ``dryshot cassette import``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dryshot.journal import Entry
from dryshot.recording.har import har_log
from dryshot.reports.cleaning import Clean, clean

__all__ = ["har_of", "har_of_clean"]

_COMMENT = "The journal of a mock by dryshot; instants are by the mock's clock."


def har_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """Exchanges without secrets; see :func:`har_of_clean`."""
    return har_of_clean(clean(entries))


def har_of_clean(told: Clean) -> dict[str, Any]:
    """What HAR has no place for is in the field ``_dryshot`` of each of its entries."""
    har = har_log(told.interactions, _COMMENT)
    for shown, entry in zip(har["log"]["entries"], told.entries, strict=True):
        shown["_dryshot"] = _more(entry, told)
    return har


def _more(entry: Entry, told: Clean) -> dict[str, Any]:
    exchange = entry.exchange
    return {
        "sequence": entry.sequence,
        "operation": exchange.operation,
        "origin": exchange.origin,
        "fault": exchange.fault,
        "problems": [
            {name: told.text(value) for name, value in problem._asdict().items()}
            for problem in exchange.problems
        ],
        "request_bytes": exchange.request_size or len(exchange.request.body),
        "response_bytes": exchange.response_size or len(exchange.response.body),
    }
