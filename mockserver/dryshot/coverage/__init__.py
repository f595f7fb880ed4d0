"""Contract coverage: what of the OpenAPI documents was exercised, and what was seen besides."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dryshot.coverage.coverage import Coverage, UnreadableCoverage
    from dryshot.coverage.follower import Follower
    from dryshot.coverage.reads import Reads
    from dryshot.coverage.report import Report
    from dryshot.coverage.universe import Universe

__all__ = ["Coverage", "Follower", "Reads", "Report", "Universe", "UnreadableCoverage"]

_HOMES = {
    "Coverage": "coverage",
    "Follower": "follower",
    "Reads": "reads",
    "Report": "report",
    "Universe": "universe",
    "UnreadableCoverage": "coverage",
}


def __getattr__(name: str) -> Any:
    # late, so that pytest can declare the options without loading what measures
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
