"""The two forms of a primitive's results, brought to one: fields by name, for every pub."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from dryshot_client.platform.arrays import flatten, misfit, nest, shape_of
from dryshot_client.platform.decoding import decode_at
from dryshot_client.platform.registers import Register

__all__ = ["PubBody", "is_number", "read_bits", "read_points", "read_pubs"]

SAMPLE = re.compile(r"0x[0-9a-fA-F]+")
SAMPLES = re.compile(r"(?:0x[0-9a-fA-F]++,)*+")
PAIR = 2


@dataclass(frozen=True, slots=True)
class PubBody:
    """The results of one pub; ``path`` is where its data are. What was typed is decoded."""

    path: str
    data: dict[str, Any]
    metadata: dict[str, Any]
    typed: bool


def read_pubs(body: Any, kinds: Collection[str]) -> tuple[list[PubBody], dict[str, Any]]:
    """The pubs of a job's results, and the metadata of the whole.

    ``kinds`` are the types that a pub's results may have in the typed form.
    """
    whole = _object(body, "$")
    if "__type__" not in whole:
        items = _items(whole, "results", "$")
        pubs = [_plain(item, f"$.results[{place}]") for place, item in enumerate(items)]
        return pubs, _part(whole, "metadata", "$")
    content, path = _unwrap(whole, {"PrimitiveResult"}, "$")
    items = _items(content, "pub_results", path)
    pubs = [_typed(item, kinds, f"{path}.pub_results[{place}]") for place, item in enumerate(items)]
    return pubs, _metadata(content, path)


def _plain(item: Any, path: str) -> PubBody:
    pub = _object(item, path)
    data = _part(pub, "data", path)
    return PubBody(f"{path}.data", data, _part(pub, "metadata", path), typed=False)


def _typed(item: Any, kinds: Collection[str], path: str) -> PubBody:
    content, path = _unwrap(_object(item, path), kinds, path)
    wrapped = _part(content, "data", path)
    _, inner = _unwrap(wrapped, {"DataBin"}, f"{path}.data")
    data = _object(decode_at(wrapped, f"{path}.data"), inner)
    return PubBody(f"{inner}.fields", data, _metadata(content, path), typed=True)


def _unwrap(value: dict[str, Any], kinds: Collection[str], path: str) -> tuple[dict[str, Any], str]:
    """What is in a typed object of one of the ``kinds``, and where that is."""
    kind = value.get("__type__")
    if not isinstance(kind, str) or kind not in kinds:
        raise misfit(path, f"is not a {' or '.join(sorted(kinds))}")
    return _part(value, "__value__", path), f"{path}.__value__"


def _metadata(content: dict[str, Any], path: str) -> dict[str, Any]:
    metadata = decode_at(_part(content, "metadata", path), f"{path}.metadata")
    return _object(metadata, f"{path}.metadata")


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise misfit(path, "is not an object")
    return value


def _part(value: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    return _object(value.get(name), f"{path}.{name}")


def _items(value: dict[str, Any], name: str, path: str) -> list[Any]:
    items = value.get(name)
    if not isinstance(items, list):
        raise misfit(f"{path}.{name}", "is not a list")
    return items


def read_bits(value: dict[str, Any], path: str) -> Register:
    """A register in the plain form: hexadecimal words, nested by set of parameter values."""
    num_bits, samples = value.get("num_bits"), value.get("samples")
    if type(num_bits) is not int or num_bits < 0:
        raise misfit(f"{path}.num_bits", "is not a number of bits")
    if not isinstance(samples, list):
        raise misfit(f"{path}.samples", "is not a list")
    *shape, shots = shape_of(samples, lambda leaf: isinstance(leaf, str), f"{path}.samples")
    words = flatten(samples, len(shape) + 1)
    numbers = _read_samples(words, f"{path}.samples")
    if max(numbers, default=0) >> num_bits:
        raise misfit(f"{path}.samples", f"holds a number of more than {num_bits} bits")
    return Register(tuple(shape), num_bits, nest(numbers, (*shape, shots)))


def _read_samples(words: list[str], path: str) -> list[int]:
    # all at once, for there may be millions; int() would take more forms than the service has
    if SAMPLES.fullmatch(",".join([*words, ""])):
        with suppress(ValueError):
            return list(map(int, words, repeat(16)))
    wrong = next(word for word in words if not SAMPLE.fullmatch(word))
    raise misfit(path, f"holds {wrong[:40]!r}, which is not hexadecimal")


def read_points(value: Any, path: str, *, typed: bool) -> Any:
    """Points of the measured plane, as nested lists of complex numbers; plain ones are pairs."""
    shape = shape_of(value, _is_complex if typed else is_number, path)
    if typed:
        if not shape:
            raise misfit(path, "is not an array")
        return value
    if not shape or shape[-1] != PAIR:
        raise misfit(path, "is neither a register nor points of a plane")
    pairs = flatten(value, len(shape) - 1)
    try:
        points = [complex(real, imaginary) for real, imaginary in pairs]
    except OverflowError:
        raise misfit(path, "holds a number that is too large") from None
    if len(shape) == 1:
        raise misfit(path, "is neither a register nor points of a plane")
    return nest(points, shape[:-1])


def _is_complex(value: Any) -> bool:
    return isinstance(value, complex) or is_number(value)


def is_number(value: Any) -> bool:
    """Whether JSON's ``value`` is a number; NaN and infinity are."""
    return isinstance(value, int | float) and not isinstance(value, bool)
