"""Shots as what a result holds of them: bits, packed bytes, or points of the measured plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dryshot.engines.platform.results import Bits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["booleans", "packed", "plane", "registers"]

BYTE = 8
SPREAD = 0.3
"""How far points lie from the middle of their state's, in the distance from there to 0."""


def booleans(runs: Sequence[Sequence[int]], bits: int, shots: int) -> NDArray[np.bool_]:
    """All shots of all runs, as booleans of shape ``(runs, shots, bits)``, bit 0 first."""
    import numpy as np

    width = max(1, -(-bits // BYTE))
    if width == 1:
        words = np.array(runs, dtype=np.uint8)
    else:
        raw = b"".join(word.to_bytes(width, "little") for run in runs for word in run)
        words = np.frombuffer(raw, dtype=np.uint8)
    table = np.unpackbits(words.reshape(len(runs), shots, width), axis=-1, bitorder="little")
    return table[..., :bits].astype(bool)


def registers(
    circuit: Any, table: NDArray[np.bool_], shape: tuple[int, ...]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each classical register's name, and its part of ``table``: ``(*shape, shots, bits)``."""
    for register in circuit.cregs:
        if len(register):
            places = [circuit.find_bit(bit).index for bit in register]
            yield register.name, table[..., places].reshape(*shape, table.shape[-2], len(places))


def packed(bits: NDArray[np.bool_]) -> Bits:
    """``bits`` in bytes, big end first."""
    import numpy as np

    table = np.packbits(bits, axis=-1, bitorder="little")[..., ::-1]
    return Bits(np.ascontiguousarray(table), bits.shape[-1])


def plane(bits: NDArray[np.bool_], seed: int) -> NDArray[np.complex128]:
    """``bits`` as points around 1 for the state 0 and around -1 for 1, in arbitrary units."""
    import numpy as np

    middle = 1.0 - 2.0 * bits
    noise = np.random.default_rng(seed).normal(scale=SPREAD, size=(2, *middle.shape))
    return np.asarray(middle + noise[0] + 1j * noise[1], dtype=np.complex128)
