"""Answers as typed values: read field by field, with the place named where one does not fit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, field
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import (
    Any,
    ClassVar,
    Literal,
    NoReturn,
    Self,
    TypeAlias,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

__all__ = ["Misfit", "Model", "named", "read_list", "read_object", "read_text"]

Read: TypeAlias = Callable[[Any, str], Any]
"""From JSON and the place where it stood to what it means; raises ``Misfit``."""

_NAME = "name"


class Misfit(ValueError):
    """JSON that is not of the shape it should be of; the message says where."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class _Record:
    """Like a frozen dataclass, and one to type checkers.

    It is none, because making so many takes most of the time that importing the client takes.
    """

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


class Model(_Record):
    """Something the service told. ``raw`` is its JSON as it was sent, with whatever is new in it.

    A field that has a default may be absent, or null. Fields are read, and checked, by their types:
    models and lists of them, texts (a ``Literal`` may be another word, which is new), numbers,
    points in time (ISO 8601; in UTC if no zone is named), and objects, which are left as they are.
    """

    raw: Mapping[str, Any]
    _plan: ClassVar[tuple[_Field, ...]]

    @classmethod
    def read(cls, body: object, where: str = "the answer") -> Self:
        """Read JSON; :class:`Misfit` if it is not an object, or lacks something."""
        found = read_object(body, where)
        return cls(raw=found, **{each.name: each.read(found, where) for each in cls._fields()})

    @classmethod
    def _fields(cls) -> tuple[_Field, ...]:
        """The fields, found at the first reading."""
        plan: tuple[_Field, ...] | None = cls.__dict__.get("_plan")
        if plan is None:
            plan = cls._plan = tuple(
                _make_field(name, hint, getattr(cls, name, MISSING))
                for name, hint in get_type_hints(cls).items()
                if name not in {"raw", "_plan"}
            )
        return plan

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        return _values(self) == _values(other)

    def __hash__(self) -> int:
        raise TypeError(f"unhashable type: {type(self).__name__!r}")  # as its lists are

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in _values(self) if value is not None)
        return f"{type(self).__name__}({told})"


def _values(model: Model) -> list[tuple[str, Any]]:
    return [(each.name, each.get(model)) for each in model._fields()]


class _Field:
    """How one field of a model is read."""

    def __init__(
        self, name: str, key: str, read_value: Read, default: Callable[[], Any] | None
    ) -> None:
        self.name = name
        self._key = key
        self._read_value = read_value
        self._default = default

    def get(self, model: Model) -> Any:
        """The field's value; one made by hand may have left out what has a default."""
        if self.name in model.__dict__ or self._default is None:
            return getattr(model, self.name)
        return self._default()

    def read(self, body: Mapping[str, Any], where: str) -> Any:
        """The value in a JSON object."""
        value = body.get(self._key)
        if value is not None:
            return self._read_value(value, f"{where}.{self._key}")
        if self._default is not None:
            return self._default()
        if self._key not in body:
            raise Misfit(f"{where} has no {self._key!r}")
        raise Misfit(f"{where}.{self._key} is null")


def named(name: str) -> dict[str, Any]:
    """Metadata of a field that is called otherwise on the wire."""
    return {_NAME: name}


def read_list(read: Read, value: object, where: str) -> list[Any]:
    """Read every item of a list; :class:`Misfit` if it is none."""
    if not isinstance(value, list):
        raise Misfit(f"{where} is not a list")
    return [read(item, f"{where}[{place}]") for place, item in enumerate(value)]


def read_object(value: object, where: str = "the answer") -> dict[str, Any]:
    """``value``; :class:`Misfit` if it is no object."""
    if not isinstance(value, dict):
        raise Misfit(f"{where} is not an object")
    return value


def read_text(value: object, where: str) -> str:
    """``value``; :class:`Misfit` if it is no text."""
    if not isinstance(value, str):
        raise Misfit(f"{where} is not a text")
    return value


def _make_field(name: str, hint: Any, given: Any) -> _Field:
    default: Callable[[], Any] | None = None
    key = name
    if isinstance(given, Field):
        key = given.metadata.get(_NAME, name)
        if given.default_factory is not MISSING:
            default = given.default_factory
        given = given.default
    if given is not MISSING:
        default = functools.partial(_give, given)
    return _Field(name, key, _reader(hint), default)


def _give(value: Any) -> Any:
    return value


def _reader(hint: Any) -> Read:
    """What reads a value of that type; a null is not among them."""
    kind, arguments = get_origin(hint), get_args(hint)
    if kind in {Union, UnionType}:
        readers = [_reader(each) for each in arguments if each is not NoneType]
        return readers[0] if len(readers) == 1 else functools.partial(_read_either, readers)
    if kind is Literal:
        return read_text
    if kind is list:
        return functools.partial(read_list, _reader(arguments[0]))
    if kind is Mapping:
        return read_object
    if issubclass(hint, Model):
        read: Read = hint.read
        return read
    return _READERS[hint]


def _read_either(readers: Sequence[Read], value: object, where: str) -> Any:
    wrong = ""
    for read in readers:
        try:
            return read(value, where)
        except Misfit as error:
            wrong = str(error)
    raise Misfit(wrong)


def _read_flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise Misfit(f"{where} is not true or false")
    return value


def _read_number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(f"{where} is not a number")
    return value


def _read_whole(value: object, where: str) -> int:
    number = _read_number(value, where)
    if isinstance(number, int):
        return number
    if not number.is_integer():
        raise Misfit(f"{where} is not a whole number")
    return int(number)


def _read_instant(value: object, where: str) -> datetime:
    text = read_text(value, where)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Misfit(f"{where} is no point in time: {text!r}") from None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _read_day(value: object, where: str) -> date:
    return _read_instant(value, where).date()


_READERS: Mapping[type, Read] = {
    str: read_text,
    bool: _read_flag,
    int: _read_whole,
    float: _read_number,
    datetime: _read_instant,
    date: _read_day,
}
