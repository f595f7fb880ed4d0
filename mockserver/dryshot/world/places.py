"""YAML text as a value, and where in the text each part of it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dryshot.errors import DryshotError

__all__ = ["DeclarationError", "Places", "parse"]

Path = Sequence[str | int]


class DeclarationError(DryshotError):
    """A declaration that cannot be used: says in which ``file`` and ``line``, and at which ``key``.

    ``line`` counts from 1; ``file`` and ``line`` are None for a declaration that is no file.
    """

    def __init__(self, message: str, file: str | None, line: int | None, key: str) -> None:
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(": ".join(part for part in (place, key, message) if part))
        self.file = file
        self.line = line
        self.key = key


class Places:
    """Knows the line of each part; without a file it knows only how parts are called."""

    def __init__(self, file: str | None = None, root: Any = None, within: Path = ()) -> None:
        self.file = file
        self._root = root
        self._within = tuple(within)

    def part(self, *path: str | int) -> Places:
        """The same for what stands at ``path``: its own paths begin there."""
        return Places(self.file, self._root, (*self._within, *path))

    def error(self, path: Path, message: str) -> DeclarationError:
        """What is wrong at ``path``."""
        path = (*self._within, *path)
        return DeclarationError(message, self.file, self._line(path), _key(path))

    def duplicates(self) -> Iterator[Path]:
        """Every key that stands twice in one mapping."""
        yield from _duplicates(self._root, (), frozenset())

    def _line(self, path: Path) -> int | None:
        if self._root is None:
            return None
        node, line = self._root, self._root.start_mark.line
        for step in path:
            found = _children(node).get(step)
            if found is None:
                break
            line, node = found
        return int(line) + 1


def parse(text: str, file: str) -> tuple[Any, Places]:
    """The value of a YAML text; ``DeclarationError`` if it is none or a key stands twice."""
    # its stubs are a package of their own
    import yaml  # type: ignore[import-untyped, unused-ignore]

    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        value = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else mark.line + 1
        raise DeclarationError(str(error.problem), file, line, "") from error
    except yaml.YAMLError as error:
        raise DeclarationError(str(error), file, None, "") from error
    finally:
        loader.dispose()
    places = Places(file, root)
    for path in places.duplicates():
        raise places.error(path, "this key stands twice")
    return value, places


def _children(node: Any) -> dict[str | int, tuple[int, Any]]:
    """Each part of a node: the line where it starts, for a mapping that of its key."""
    if node.id == "mapping":
        return {str(key.value): (key.start_mark.line, value) for key, value in node.value}
    if node.id == "sequence":
        return {index: (item.start_mark.line, item) for index, item in enumerate(node.value)}
    return {}


def _duplicates(node: Any, path: tuple[str | int, ...], above: frozenset[int]) -> Iterator[Path]:
    if node is None or id(node) in above:  # an alias may stand within what it stands for
        return
    if node.id == "mapping":
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                yield (*path, name)
            seen.add(name)
    for step, (_, child) in _children(node).items():
        yield from _duplicates(child, (*path, step), above | {id(node)})


def _key(path: Path) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
