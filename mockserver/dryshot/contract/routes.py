"""From a path to what stands there: a tree of segments in which a name beats a template."""

from __future__ import annotations

from typing import Generic, TypeVar
from urllib.parse import unquote

from dryshot.errors import ContractError

__all__ = ["Routes"]

T = TypeVar("T")

_MOST_KEPT, _LONGEST_KEPT = 256, 256
"""How many paths are known again, and how many characters they have at most."""


class _Node(Generic[T]):
    __slots__ = ("any", "leaf", "named", "parameters")

    def __init__(self) -> None:
        self.named: dict[str, _Node[T]] = {}
        self.any: _Node[T] | None = None
        self.leaf: T | None = None
        self.parameters: tuple[str, ...] = ()


class Routes(Generic[T]):
    """Path templates; a segment is either plain text or one ``{parameter}``."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._found: dict[str, tuple[T, dict[str, str]] | None] = {}

    def add(self, template: str, leaf: T) -> None:
        """Put ``leaf`` at ``template``; ``ContractError`` if it is malformed or taken."""
        if not template.startswith("/"):
            raise ContractError(f"the path {template!r} does not start with /")
        node = self._root
        parameters = []
        for segment in template[1:].split("/"):
            if segment.startswith("{") and segment.endswith("}"):
                parameters.append(segment[1:-1])
                node.any = node.any or _Node()
                node = node.any
            elif "{" in segment or "}" in segment:
                raise ContractError(f"{template}: {segment!r} mixes text and a parameter")
            else:
                node = node.named.setdefault(segment, _Node())
        if node.leaf is not None:
            raise ContractError(f"{template}: another template means the same path")
        self._found.clear()
        node.leaf = leaf
        node.parameters = tuple(parameters)

    def find(self, path: str) -> tuple[T, dict[str, str]] | None:
        """What stands at ``path``, and the values of its parameters, percent-decoded.

        Both are for reading only: who asks again is given the same.
        """
        try:
            return self._found[path]
        except KeyError:
            found = self._look(path)
        if len(path) <= _LONGEST_KEPT:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[path] = found
        return found

    def _look(self, path: str) -> tuple[T, dict[str, str]] | None:
        if not path.startswith("/"):
            return None
        segments = path[1:].split("/")
        if "%" in path:
            segments = [unquote(segment) for segment in segments]
        values: list[str] = []
        node = _walk(self._root, segments, 0, values)
        if node is None or node.leaf is None:
            return None
        return node.leaf, dict(zip(node.parameters, values, strict=True))


def _walk(node: _Node[T], segments: list[str], index: int, values: list[str]) -> _Node[T] | None:
    if index == len(segments):
        return node if node.leaf is not None else None
    segment = segments[index]
    named = node.named.get(segment)
    if named is not None:
        found = _walk(named, segments, index + 1, values)
        if found is not None:
            return found
    if node.any is None or not segment:
        return None
    values.append(segment)
    found = _walk(node.any, segments, index + 1, values)
    if found is None:
        values.pop()
    return found
