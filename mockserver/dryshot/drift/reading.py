"""OpenAPI documents of any layout, as files: read, and their references followed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dryshot.drift.findings import DriftError

__all__ = ["Document", "read_document"]


class Document:
    """An OpenAPI document of version 3; its parts are named by JSON pointers.

    ``dangling`` are the references met so far that lead nowhere in it.
    """

    def __init__(self, name: str, data: Any) -> None:
        if not isinstance(data, Mapping):
            raise DriftError(f"{name}: this is not an OpenAPI document, but {type(data).__name__}")
        version = str(data.get("openapi", ""))
        if not version.startswith("3."):
            found = f"swagger {data['swagger']}" if "swagger" in data else version or "nothing"
            raise DriftError(f"{name}: openapi: must be version 3, not {found}")
        if not isinstance(data.get("paths"), Mapping):
            raise DriftError(f"{name}: paths: there are none")
        self.name = name
        self.data = data
        self.dangling: set[str] = set()

    @property
    def version(self) -> str:
        """The version it gives itself."""
        info = self.data.get("info")
        return str(info.get("version", "")) if isinstance(info, Mapping) else ""

    def at(self, pointer: str) -> Any:
        """What stands at a JSON pointer; None if nothing does."""
        node: Any = self.data
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(key)] if isinstance(node, list) else node[key]
            except (KeyError, IndexError, ValueError, TypeError):
                return None
        return node

    def target(self, reference: Any) -> str | None:
        """The pointer that a ``$ref`` names; None, and noted, if it leads nowhere here."""
        pointer = unquote(str(reference)[1:])
        if not str(reference).startswith("#/") or self.at(pointer) is None:
            self.dangling.add(str(reference))
            return None
        return pointer

    def resolve(self, pointer: str) -> tuple[Mapping[str, Any], str] | None:
        """The object that stands at a pointer, following references, and where it really is."""
        seen: set[str] = set()
        while pointer not in seen:
            seen.add(pointer)
            node = self.at(pointer)
            if not isinstance(node, Mapping):
                return None
            if "$ref" not in node:
                return node, pointer
            target = self.target(node["$ref"])
            if target is None:
                return None
            pointer = target
        return None


def read_document(path: Path) -> Document:
    """The document in a file, JSON or YAML; ``DriftError`` names the file and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DriftError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DriftError(f"{path}: this is not UTF-8 text") from error
    try:
        return Document(str(path), json.loads(text))
    except json.JSONDecodeError as error:
        if path.suffix == ".json":
            raise DriftError(
                f"{path}: line {error.lineno}, column {error.colno}: {error.msg}"
            ) from error
    return Document(str(path), _read_yaml(path, text))


def _read_yaml(path: Path, text: str) -> Any:
    import yaml  # type: ignore[import-untyped, unused-ignore]

    class Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]  # one of two
        """Leaves dates the texts that they are in JSON."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in Loader.yaml_implicit_resolvers.items()
    }
    try:
        return json.loads(json.dumps(yaml.load(text, Loader)))  # noqa: S506 - a safe loader's child
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise DriftError(f"{path}: this is neither JSON nor YAML: {reason}") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise DriftError(f"{path}: this holds what JSON cannot: {error}") from error
