"""JSON checked against the ``TypedDict`` that it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from dryshot_client.models import Misfit, read_list, read_object

__all__ = ["read_as"]

T = TypeVar("T")

_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def read_as(shape: type[T]) -> Callable[[object], T]:
    """What takes JSON for a ``shape``, a ``TypedDict`` or a list of them, once it is seen to be.

    Keys that the shape does not have may be there, and a ``Literal`` may be another word: both are
    new. Anything else is a :class:`Misfit`.
    """

    def read(body: object) -> T:
        _check(shape, body, "the answer")
        return cast(T, body)

    return read


def _check(hint: Any, value: object, where: str) -> None:
    kind, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        _check_keys(hint, read_object(value, where), where)
    elif kind is list:
        read_list(lambda item, place: _check(arguments[0], item, place), value, where)
    elif kind is dict:
        for key, item in read_object(value, where).items():
            _check(arguments[1], item, f"{where}.{key}")
    elif kind in {Union, UnionType}:
        if value is not None:
            _check(next(each for each in arguments if each is not NoneType), value, where)
    elif kind is not None or hint is not Any:
        _check_plain(str if kind is Literal else hint, value, where)


def _check_plain(hint: type, value: object, where: str) -> None:
    kinds = (int, float) if hint is float else (hint,)
    # JSON's truths are no numbers, though Python's are.
    if not isinstance(value, kinds) or isinstance(value, bool) is not (hint is bool):
        raise Misfit(f"{where} is not {_NAMES[hint]}")


def _check_keys(shape: type, found: dict[str, Any], where: str) -> None:
    for key, (hint, required) in _plan(shape).items():
        if key in found:
            _check(hint, found[key], f"{where}.{key}")
        elif required:
            raise Misfit(f"{where} has no {key!r}")


@cache
def _plan(shape: type) -> dict[str, tuple[Any, bool]]:
    """The type of each key, and whether it has to be there."""
    # Not ``__required_keys__``: annotations that are text count as required there.
    hints = get_type_hints(shape, include_extras=True)
    optional = {key for key, hint in hints.items() if get_origin(hint) is NotRequired}
    total = getattr(shape, "__total__", True)
    plain = get_type_hints(shape)
    return {key: (hint, total and key not in optional) for key, hint in plain.items()}
