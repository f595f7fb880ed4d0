"""A room that misses a target, and then breaks."""

from collections.abc import Iterator

from benchmarks.results import Row


def rows(*, quick: bool) -> Iterator[Row]:
    """One row, and no more."""
    del quick
    yield Row("slow", 1.25, 2.5, "x")
    raise LookupError("nothing there")
