"""Reads the .npy files in which arrays travel, without numpy and without trusting their size."""

from __future__ import annotations

import ast
import base64
import re
import struct
import zlib
from dataclasses import dataclass
from math import prod
from typing import Any

from dryshot_client.platform.arrays import MOST_AXES, Shape, nest

__all__ = ["Array", "read_packed"]

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000
MOST_BYTES = 512 * 2**20
MOST_EMPTY = 2**20
"""Items of no bytes, such as empty lists, cost memory too, and no data limit their number."""

DTYPE = re.compile(r"([<>|])([biufcSU])(\d{1,9})", re.ASCII)
CODES = {
    "b1": "?",
    **{f"i{1 << power}": code for power, code in enumerate("bhiq")},
    **{f"u{1 << power}": code for power, code in enumerate("BHIQ")},
    **{f"f{2 << power}": code for power, code in enumerate("efd")},
    **{f"c{8 << power}": code for power, code in enumerate("fd")},
}
"""Each type of numbers as ``struct`` calls it; a complex number is two of them."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array as it was sent; ``order`` is that of the bytes, ``kind`` one of numpy's letters."""

    order: str
    kind: str
    width: int
    shape: Shape
    fortran: bool
    data: bytes

    def nested(self) -> Any:
        """Its values as nested lists; of an array without axes, the value."""
        return nest(self.values(), self.shape)

    def values(self) -> list[Any]:
        """Its values in C order. Text that is not Unicode is a ``ValueError``."""
        values = self._as_sent()
        return _c_order(values, self.shape) if self.fortran else values

    def _as_sent(self) -> list[Any]:
        number = prod(self.shape)
        code = CODES.get(f"{self.kind}{self.width}")
        if code is not None:
            parts = 2 if self.kind == "c" else 1
            order = "<" if self.order == "|" else self.order
            found = struct.unpack(f"{order}{number * parts}{code}", self.data)
            return list(map(complex, found[::2], found[1::2])) if parts == 2 else list(found)  # noqa: PLR2004 - real and imaginary
        if self.kind == "S":
            return [item.rstrip(b"\0") for item in _cut(self.data, self.width, number)]
        text = self.data.decode("utf-32-be" if self.order == ">" else "utf-32-le")
        return [item.rstrip("\0") for item in _cut(text, self.width, number)]


def read_packed(text: str) -> Array:
    """The array in base64 of a zlib-compressed .npy file.

    Nothing is unpacked beyond the size that the file announces; whatever is wrong is a
    ``ValueError``.
    """
    try:
        packed = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError(f"is not base64: {error}") from None
    inflate = zlib.decompressobj()
    try:
        head = inflate.decompress(packed, LONGEST_HEADER)
        order, kind, width, shape, fortran, start = _read_header(head)
        size = _size(shape, width * (4 if kind == "U" else 1))
        data = head[start : start + size + 1]
        # one byte more than announced tells a longer file, and lets zlib see its end
        missing = size + 1 - len(data)
        if missing:
            data += inflate.decompress(inflate.unconsumed_tail, missing)
    except zlib.error as error:
        raise ValueError(f"is not compressed with zlib: {error}") from None
    if len(data) > size or inflate.unused_data:
        raise ValueError("holds more than its header says")
    if len(data) < size or not inflate.eof:
        raise ValueError("ends too early")
    return Array(order, kind, width, shape, fortran, data)


def _read_header(head: bytes) -> tuple[str, str, int, Shape, bool, int]:
    """Order, kind, width, shape, whether in Fortran's order, and where the data begin."""
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 2:
        raise ValueError("is not a .npy file")
    version = head[len(MAGIC)]
    form = {1: "<H", 2: "<I", 3: "<I"}.get(version)
    if form is None:
        raise ValueError(f"is a .npy file of version {version}; known are 1, 2 and 3")
    begin = len(MAGIC) + 2 + struct.calcsize(form)
    if len(head) < begin:
        raise ValueError("ends too early")
    (length,) = struct.unpack_from(form, head, len(MAGIC) + 2)
    if begin + length > LONGEST_HEADER:
        raise ValueError("has a header that is too long")
    if len(head) < begin + length:
        raise ValueError("ends too early")
    raw = head[begin : begin + length]
    fields = _literal(raw.decode("utf-8" if version == 3 else "latin-1", "replace"))  # noqa: PLR2004 - a version
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise ValueError("has a header that is not a .npy file's")
    shape, fortran = fields["shape"], fields["fortran_order"]
    if not isinstance(fortran, bool) or not _is_shape(shape):
        raise ValueError("has a header whose shape or order is none")
    return *_read_dtype(fields["descr"]), shape, fortran, begin + length


def _literal(text: str) -> Any:
    if "\\" in text:  # never needed, and some escapes make the parser warn
        return None
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _is_shape(shape: Any) -> bool:
    return (
        isinstance(shape, tuple)
        and len(shape) <= MOST_AXES
        and all(type(length) is int and length >= 0 for length in shape)
    )


def _read_dtype(descr: Any) -> tuple[str, str, int]:
    match = DTYPE.fullmatch(descr) if isinstance(descr, str) else None
    if match:
        order, kind, digits = match.groups()
        width = int(digits)
        if kind in "SU" or f"{kind}{width}" in CODES:
            return order, kind, width
    raise ValueError(f"is an array of {str(descr)[:40]!r}, which is not read")


def _size(shape: Shape, width: int) -> int:
    """How many bytes the items take; refuses what does not fit into memory."""
    items = prod(length or 1 for length in shape)
    size = prod(shape) * width
    if size > MOST_BYTES or (not size and items > MOST_EMPTY):
        raise ValueError("announces more items than are read")
    return size


def _c_order(values: list[Any], shape: Shape) -> list[Any]:
    """The values of an array in Fortran's order, whose first axis runs fastest, in C order."""
    if len(shape) < 2 or not values:  # noqa: PLR2004 - one axis has one order
        return values
    length = shape[0]
    return [item for place in range(length) for item in _c_order(values[place::length], shape[1:])]


def _cut(items: Any, width: int, number: int) -> list[Any]:
    return [items[place * width : (place + 1) * width] for place in range(number)]
