"""Shapes of answers: paths and types without a value, so that they may be committed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dryshot.contract.documents import Documents
from dryshot.contract.wire import JSON, NotDecodable, decode_json, media_type
from dryshot.drift.answers import Known, is_map
from dryshot.drift.fields import step
from dryshot.drift.findings import DriftError
from dryshot.drift.schemas import ANY, Node, Schemas, Variant, kind_of
from dryshot.recording.cassette import Interaction

__all__ = ["Shapes", "read_shapes", "shapes_of", "write_shapes"]

Shapes = Mapping[str, Mapping[str, frozenset[str]]]
"""By operation and status, ``platform-runtime.get_job 200``: the types met at each path."""

_FIELD = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,40}")
_HEAD = (
    "# Shapes of answers: by operation and status, the paths and the types there, no values.\n"
    "# Written by dryshot check --write-shapes.\n"
)


def shapes_of(interactions: Iterable[Interaction], known: Known | None = None) -> Shapes:
    """The shapes of all answers of operations that our documents know.

    Where the document says that an object's keys are data, such as names of registers, and where it
    does not name its fields, all its values are one path, ``{}``.
    """
    known = known or Known(Documents())
    shapes: dict[str, dict[str, set[str]]] = {}
    for interaction in interactions:
        found = known.documents.find(interaction.request)
        if found is None:
            continue
        schemas, operation = known.operation(found)
        response = interaction.response
        shape = shapes.setdefault(f"{found.key} {response.status}", {})
        kind = media_type(response.headers.get("content-type", ""))
        if not response.body:
            shape.setdefault("$", set()).add("nothing")
        elif kind == JSON:
            answer = operation.answers.get(str(response.status))
            node = answer.contents.get(kind, ANY) if answer else ANY
            try:
                value = decode_json(response.body)
            except NotDecodable:
                shape.setdefault("$", set()).add("broken")
                continue
            for path, name in _walk(schemas, node, value, "$"):
                shape.setdefault(path, set()).add(name)
        else:
            shape.setdefault("$", set()).add(kind or "bytes")
    return {
        key: {path: frozenset(types) for path, types in shape.items()}
        for key, shape in shapes.items()
    }


def _walk(schemas: Schemas, node: Node, value: Any, path: str) -> Iterator[tuple[str, str]]:
    kind = kind_of(value)
    variants = schemas.variants(node).get(kind, [])
    if kind == "number" and variants and all(one.integer for one in variants):
        kind = "integer"
    yield path, kind
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(schemas, _items(variants, index), item, f"{path}[]")
    elif isinstance(value, dict):
        named = [one for one in variants if not is_map(one)]
        known = {name: inner for one in named for name, inner in one.properties.items()}
        extra = next((one.extra for one in variants if one.extra is not None), None)
        fold = extra is not None or not named
        for name, item in value.items():
            if name in known:
                yield from _walk(schemas, _field(named, name, value), item, f"{path}{step(name)}")
            else:
                # a name that is hardly a field's may be an id: no value gets into a shape
                data = fold or not _FIELD.fullmatch(name)
                below = f"{path}{{}}" if data else f"{path}{step(name)}"
                yield from _walk(schemas, extra or ANY, item, below)


def _items(variants: list[Variant], index: int) -> Node:
    for one in variants:
        if index < len(one.prefix):
            return one.prefix[index]
        if one.items is not None:
            return one.items
    return ANY


def _field(variants: list[Variant], name: str, value: Mapping[str, Any]) -> Node:
    """The field's schema in the variant that knows most of the object's fields."""
    knowing = [one for one in variants if name in one.properties]
    return max(knowing, key=lambda one: len(one.properties.keys() & value.keys())).properties[name]


def write_shapes(shapes: Shapes, path: Path) -> None:
    """Write them as YAML, sorted; the file is whole at every moment."""
    import yaml  # type: ignore[import-untyped, unused-ignore]

    plain = {
        key: {where: ", ".join(sorted(types)) for where, types in sorted(shape.items())}
        for key, shape in sorted(shapes.items())
    }
    text = _HEAD + yaml.safe_dump(plain, sort_keys=False, width=1000, allow_unicode=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DriftError(f"{path}: {error.strerror}") from error


def read_shapes(path: Path) -> Shapes:
    """What :func:`write_shapes` wrote; ``DriftError`` names the file and what is wrong."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DriftError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DriftError(f"{path}: this is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise DriftError(f"{path}: this is no file of shapes")
    shapes = {}
    for key, shape in data.items():
        if not isinstance(shape, dict) or not all(isinstance(one, str) for one in shape.values()):
            raise DriftError(f"{path}: {key}: must be paths with types, such as $.id: string")
        shapes[str(key)] = {
            str(where): frozenset(part.strip() for part in types.split(","))
            for where, types in shape.items()
        }
    return shapes
