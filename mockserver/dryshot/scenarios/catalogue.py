"""The scenarios that come with dryshot, and how one is found by what a user calls it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from dryshot.scenarios.reading import read_file, read_value
from dryshot.scenarios.scenario import Scenario
from dryshot.world.places import DeclarationError, parse

__all__ = ["Source", "Sources", "find", "find_all", "names", "ready", "text_of"]

Source = str | PathLike[str] | Mapping[str, Any] | Scenario
"""A ready-made one's name, a file's path, what such a file would hold, or a scenario."""

Sources = Source | Iterable[Source]

_SUFFIXES = (".yaml", ".yml", ".json")


def names() -> list[str]:
    """The ready-made ones."""
    folder = files("dryshot.scenarios") / "ready"
    found = (file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return sorted(name.removesuffix(".yaml") for name in found)


def text_of(name: str) -> str:
    """The YAML of a ready-made one; ``DeclarationError`` if there is none of that name."""
    return (files("dryshot.scenarios") / "ready" / f"{_plain(name)}.yaml").read_text("utf-8")


def ready(name: str) -> Scenario:
    """A ready-made one; blanks, hyphens and capitals in its name make no difference."""
    return _ready(_plain(name))


@cache
def _ready(name: str) -> Scenario:
    value, places = parse(text_of(name), f"{name}.yaml")
    return read_value(value, name, places=places)


def _plain(name: str) -> str:
    known, wanted = names(), "-".join(re.split(r"[\s_-]+", name.strip().lower()))
    if wanted in known:
        return wanted
    near = difflib.get_close_matches(wanted, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}, or a file"
    raise DeclarationError(f"there is no scenario {name!r}; {hint}", None, None, "")


def find(source: Source) -> Scenario:
    """One scenario; ``DeclarationError`` if it cannot be had."""
    if isinstance(source, Scenario):
        return source
    if isinstance(source, Mapping):
        return read_value(source, "its own")
    path = fspath(source)
    if not isinstance(source, str) or path.endswith(_SUFFIXES) or len(Path(path).parts) > 1:
        return read_file(Path(path))
    return ready(path)


def find_all(sources: Sources) -> Scenario:
    """One scenario of all of them."""
    if isinstance(sources, str | PathLike | Mapping | Scenario):
        return find(sources)
    found = [find(source) for source in sources]
    return Scenario.of(found) if found else Scenario("none")
