"""What a classical register held, shot by shot."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import index as as_index
from sys import byteorder
from typing import Any

from dryshot_client.platform.arrays import Shape, flatten, nest

__all__ = ["Index", "Register", "join_registers", "unpack_samples"]

Index = int | tuple[int, ...]
BYTE = 8
WORDS = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Register:
    """The outcomes of one register of ``num_bits`` bits.

    ``samples`` has a number for each shot, whose lowest bit is the register's bit 0. Where a job
    ran with several sets of parameter values, ``shape`` is theirs, and ``samples`` is nested alike,
    with the shots innermost; else ``shape`` is ``()``.
    """

    shape: Shape
    num_bits: int
    samples: list[Any] = field(repr=False)

    @property
    def num_shots(self) -> int:
        """How many shots there are for each set of parameter values."""
        parts = flatten(self.samples, len(self.shape))
        return len(parts[0]) if parts else 0

    def counts(self, index: Index | None = None) -> dict[str, int]:
        """How often each bit string came, bit 0 on the right; strings that never came are left out.

        ``index`` picks one set of parameter values; without it, all are counted together.
        """
        return {self._text(word): number for word, number in Counter(self._of(index)).items()}

    def bitstrings(self, index: Index | None = None) -> list[str]:
        """The bit string of each shot, bit 0 on the right; ``index`` is that of :meth:`counts`."""
        words = self._of(index)
        texts = {word: self._text(word) for word in set(words)}
        return [texts[word] for word in words]

    def _text(self, word: int) -> str:
        return format(word, f"0{self.num_bits}b") if self.num_bits else ""

    def _of(self, index: Index | None) -> list[int]:
        if index is None:
            return flatten(self.samples, len(self.shape) + 1)
        places = index if isinstance(index, tuple) else (index,)
        if len(places) != len(self.shape):
            raise ValueError(f"index {index!r} does not fit the shape {self.shape}")
        found: list[Any] = self.samples
        for place, length in zip(places, self.shape, strict=True):
            if not -length <= as_index(place) < length:
                raise ValueError(f"index {index!r} is outside the shape {self.shape}")
            found = found[place]
        return found


def join_registers(registers: Sequence[Register]) -> Register:
    """One register of the bits of several; the first register's are the lowest."""
    shapes = {(register.shape, register.num_shots) for register in registers}
    if len(shapes) != 1:
        raise ValueError("the registers do not have the same shape and number of shots")
    ((shape, shots),) = shapes
    samples, width = [0] * len(registers[0]._of(None)), 0  # noqa: SLF001 - of the same module
    for register in registers:
        offset = width
        samples = [
            low | high << offset
            for low, high in zip(samples, register._of(None), strict=True)  # noqa: SLF001 - the same
        ]
        width += register.num_bits
    return Register(shape, width, nest(samples, (*shape, shots)))


def unpack_samples(data: bytes, width: int, num_bits: int, number: int) -> list[int]:
    """The ``number`` numbers of ``width`` bytes each, big end first; bits beyond are cleared."""
    if not width:
        return [0] * number
    spare = width * BYTE - num_bits
    if spare:
        kept = bytes(byte & (0xFF >> spare) for byte in range(256))
        cleared = bytearray(data)
        cleared[::width] = data[::width].translate(kept)
        data = bytes(cleared)
    size = next((size for size in WORDS if size >= width), None)
    if size is None:
        return [
            int.from_bytes(data[start : start + width], "big")
            for start in range(0, len(data), width)
        ]
    wide = bytearray(number * size)
    for place in range(width):
        wide[size - width + place :: size] = data[place::width]
    words = array(WORDS[size], wide)
    if byteorder == "little":
        words.byteswap()
    return words.tolist()
