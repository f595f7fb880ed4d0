"""YAML and JSON documents out of files, with the line of whatever is wrong in them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dryshot.recording.fields import Field
from dryshot.recording.problems import CassetteError, Misfit
from dryshot.recording.problems import Path as Place

__all__ = ["Document", "read_document"]

_TAG = "tag:yaml.org,2002:python"


@dataclass(frozen=True, slots=True)
class Document:
    """What is in a file."""

    path: Path
    text: str
    root: Field

    @contextmanager
    def told(self) -> Iterator[None]:
        """Let a ``Misfit`` of a value name the file and the line, too."""
        try:
            yield
        except Misfit as misfit:
            line = _line(self.text, misfit.path)
            raise CassetteError(f"{self.path}:{line}: {misfit}") from misfit


def read_document(path: Path) -> Document:
    """A document of either kind: JSON, if it begins as such and is.

    Raises:
        CassetteError: it cannot be read; the text names the file, and the line of a fault.
    """
    import yaml  # type: ignore[import-untyped, unused-ignore]

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CassetteError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CassetteError(f"{path}: this is no text in UTF-8 (byte {error.start})") from error
    try:
        root = json.loads(text) if path.suffix != ".yaml" and text.lstrip()[:1] == "{" else None
        if root is None:
            root = yaml.load(text, Loader=_loader())  # noqa: S506 - a safe one, see there
    except json.JSONDecodeError as error:
        raise CassetteError(f"{path}:{error.lineno}: this is no JSON: {error.msg}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else f"{path}"
        why = getattr(error, "problem", None) or "a value cannot be read"
        raise CassetteError(f"{place}: this is no YAML, or it was cut off: {why}") from error
    except (ValueError, RecursionError) as error:  # a date that is none, or very deep nesting
        raise CassetteError(f"{path}: a value cannot be read: {type(error).__name__}") from error
    if not isinstance(root, dict):
        raise CassetteError(f"{path}:1: should be a mapping, and is {type(root).__name__}")
    return Document(path, text, Field(root))


@functools.cache
def _loader() -> Any:
    """PyYAML's safe loader, which also reads the few Python values that VCR.py has written."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # either
        """Makes text, bytes and lists of them, never an object."""

    def buffer(loader: Any, node: Any) -> Any:
        state = loader.construct_mapping(node, deep=True).get("state") or [b""]
        return state[0]

    def iterator(loader: Any, node: Any) -> Any:
        arguments = loader.construct_mapping(node, deep=True).get("args") or [[]]
        return list(arguments[0])

    Loader.add_constructor(f"{_TAG}/str", Loader.construct_scalar)
    Loader.add_constructor(f"{_TAG}/unicode", Loader.construct_scalar)
    Loader.add_constructor(f"{_TAG}/tuple", Loader.construct_sequence)
    Loader.add_constructor(f"{_TAG}/object/new:_io.BytesIO", buffer)
    Loader.add_constructor(f"{_TAG}/object/apply:builtins.iter", iterator)
    return Loader


def _line(text: str, place: Place) -> int:
    """The line of a place, or of the nearest place around it that is there."""
    import yaml

    node: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for key in place:
        if isinstance(node, yaml.MappingNode):
            pairs = {str(name.value): (name, value) for name, value in node.value}
            if key not in pairs:
                break
            name, node = pairs[str(key)]
            line = name.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
        else:
            break
    else:
        return int(line if place else node.end_mark.line) + 1
    return int(node.start_mark.line) + 1
