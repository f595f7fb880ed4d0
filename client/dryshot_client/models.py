"""Answers as dataclasses: read field by field, with the place named where one does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

__all__ = ["INSTANT", "Misfit", "Model", "many", "named", "one", "read_list"]

_READ = "read"
_NAME = "name"


class Misfit(ValueError):
    """JSON that is not of the shape it should be of; the message says where."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """Something the service told. ``raw`` is its JSON as it was sent, with whatever is new in it.

    A field that has a default may be absent, or null. How a field that is no plain JSON value is
    read stands in its metadata: :data:`INSTANT`, :func:`one`, :func:`many`, :func:`named`.
    """

    raw: Mapping[str, Any] = field(repr=False, compare=False, hash=False)

    @classmethod
    def read(cls, body: object, where: str = "the answer") -> Self:
        """Read JSON; :class:`Misfit` if it is not an object, or lacks something."""
        if not isinstance(body, dict):
            raise Misfit(f"{where} is not an object")
        values = {
            each.name: _read_field(each, body, where) for each in fields(cls) if each.name != "raw"
        }
        return cls(raw=body, **values)


def _read_field(each: Field[Any], body: Mapping[str, Any], where: str) -> Any:
    name = each.metadata.get(_NAME, each.name)
    value = body.get(name)
    if value is None:
        if each.default is not MISSING:
            return each.default
        if each.default_factory is not MISSING:
            return each.default_factory()
        if name not in body:
            raise Misfit(f"{where} has no {name!r}")
        raise Misfit(f"{where}.{name} is null")
    read = each.metadata.get(_READ)
    return value if read is None else read(value, f"{where}.{name}")


def one(kind: type[Model]) -> dict[str, Any]:
    """Metadata of a field that holds a model."""
    return {_READ: kind.read}


def many(kind: type[Model]) -> dict[str, Any]:
    """Metadata of a field that holds a list of models."""
    return {_READ: lambda value, where: read_list(kind.read, value, where)}


def named(name: str) -> dict[str, Any]:
    """Metadata of a field that is called otherwise on the wire."""
    return {_NAME: name}


def read_list(read: Callable[[object, str], Any], value: object, where: str) -> list[Any]:
    """Read every item of a list; :class:`Misfit` if it is none."""
    if not isinstance(value, list):
        raise Misfit(f"{where} is not a list")
    return [read(item, f"{where}[{place}]") for place, item in enumerate(value)]


def _read_instant(value: object, where: str) -> datetime:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise Misfit(f"{where} is no point in time: {value!r}")


INSTANT: Mapping[str, Any] = {_READ: _read_instant}
"""Metadata of a field that holds a point in time, sent as ISO 8601."""
