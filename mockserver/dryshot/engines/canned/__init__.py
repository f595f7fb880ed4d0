"""Canned outcomes: how jobs end that no engine computes, as a test says."""

from __future__ import annotations

from dryshot.engines.canned.answers import UnfitAnswer
from dryshot.engines.canned.expectations import (
    Expectation,
    Expectations,
    Match,
    UnusedExpectation,
    expect,
    unused,
    warn_of_unused,
)

__all__ = [
    "Expectation",
    "Expectations",
    "Match",
    "UnfitAnswer",
    "UnusedExpectation",
    "expect",
    "unused",
    "warn_of_unused",
]
