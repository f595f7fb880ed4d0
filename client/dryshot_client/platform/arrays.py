"""Arrays as nested lists, the way JSON has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Shape", "flatten", "misfit", "nest", "shape_of"]

Shape = tuple[int, ...]

MOST_AXES = 64


def misfit(where: str, what: str) -> ValueError:
    """The error for data that are not what they should be: ``where`` and ``what`` is wrong."""
    return ValueError(f"{where} {what}")


def shape_of(nested: Any, is_leaf: Callable[[Any], bool], where: str) -> Shape:
    """The lengths of the axes of evenly nested lists; of one leaf, ``()``.

    What is neither a list nor a leaf, and lists of unequal lengths, are a ``ValueError`` that
    begins with ``where``.
    """
    shape: list[int] = []
    level = [nested]
    while list in (kinds := set(map(type, level))):
        if len(kinds) > 1:
            raise ValueError(f"{where} mixes lists with what is none")
        lengths = set(map(len, level))
        if len(lengths) > 1:
            raise ValueError(f"{where} is nested unevenly")
        if len(shape) == MOST_AXES:
            raise ValueError(f"{where} is nested too deeply")
        shape.append(lengths.pop())
        level = [leaf for item in level for leaf in item]
    for leaf in level:
        if not is_leaf(leaf):
            raise ValueError(f"{where} holds {_short(leaf)}")
    return tuple(shape)


def flatten(nested: Any, axes: int) -> list[Any]:
    """What is below the first ``axes`` axes, in C order."""
    level = [nested]
    for _ in range(axes):
        level = [item for part in level for item in part]
    return level


def nest(flat: list[Any], shape: Shape) -> Any:
    """``flat``, which is in C order, as nested lists; for the shape ``()``, its one item."""
    if 0 in shape:
        return _empty(shape)
    for length in reversed(shape[1:]):
        flat = [flat[start : start + length] for start in range(0, len(flat), length)]
    return flat if shape else flat[0]


def _empty(shape: Shape) -> list[Any]:
    return [_empty(shape[1:]) for _ in range(shape[0])]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}..."  # noqa: PLR2004 - a line's worth
