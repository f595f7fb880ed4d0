"""Arrays in a result's two forms, written without any library."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from math import prod
from typing import Any

from dryshot.engines.platform.results import BIT_ARRAY, Written

__all__ = ["bits", "numbers"]

_ALIGNED = 64
_MAGIC = b"\x93NUMPY\x01\x00"


def bits(shots: Sequence[int], size: int, shape: tuple[int, ...]) -> Written:
    """A register of ``size`` bits that had these values, at each of the points of ``shape``."""
    width = max(1, -(-size // 8))
    raw = b"".join(shot.to_bytes(width, "big") for shot in shots) * prod(shape)
    table = _ndarray("|u1", (*shape, len(shots), width), raw)
    typed = {"__type__": "BitArray", "__value__": {"array": table, "num_bits": size}}
    plain = {"samples": _filled(shape, [hex(shot) for shot in shots]), "num_bits": size}
    return Written(typed, plain, BIT_ARRAY)


def numbers(flat: Sequence[float], shape: tuple[int, ...]) -> Written:
    """An array of ``shape`` from its values in order."""
    raw = struct.pack(f"<{len(flat)}d", *flat)
    return Written(_ndarray("<f8", shape, raw), _nested(flat, shape), "numpy.ndarray")


def _ndarray(kind: str, shape: tuple[int, ...], raw: bytes) -> dict[str, Any]:
    """The npy format's first version, as numpy writes it, packed as IBM's clients expect it."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    room = len(_MAGIC) + struct.calcsize("<H") + len(head) + 1
    head += " " * (-room % _ALIGNED) + "\n"
    npy = _MAGIC + struct.pack("<H", len(head)) + head.encode() + raw
    text = base64.b64encode(zlib.compress(npy)).decode()
    return {"__type__": "ndarray", "__value__": text}


def _filled(shape: tuple[int, ...], item: Any) -> Any:
    return item if not shape else [_filled(shape[1:], item) for _ in range(shape[0])]


def _nested(flat: Sequence[float], shape: tuple[int, ...]) -> Any:
    if not shape:
        return flat[0]
    step = len(flat) // shape[0] if shape[0] else 0
    return [_nested(flat[n * step : (n + 1) * step], shape[1:]) for n in range(shape[0])]
