"""Counts and distributions as a test writes them, read for the registers of one circuit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Misfit", "joint", "keyed", "split"]


class Misfit(ValueError):
    """What was said does not fit the circuit; the message says what and where."""


def split(counts: Mapping[Any, Any], registers: Mapping[str, int]) -> dict[str, list[int]]:
    """The value of each register in each shot, in the order of ``counts``.

    ``counts`` are of all registers together, the last register to the left as Qiskit writes them,
    with or without a space between two; or they are counts by the register's name.
    """
    if counts and all(isinstance(value, Mapping) for value in counts.values()):
        return _by_register(counts, registers)
    shots = [value for value, count in joint(counts, registers).items() for _ in range(count)]
    found, place = {}, 0
    for name, size in registers.items():
        found[name] = [shot >> place & ((1 << size) - 1) for shot in shots]
        place += size
    return found


def joint(counts: Mapping[Any, Any], registers: Mapping[str, int]) -> dict[int, int]:
    """How often each value of all registers together was seen; at least one was."""
    found: dict[int, int] = {}
    for value, count in keyed(counts, registers).items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise Misfit(f"{count!r} is not a number of shots")
        found[value] = count
    if not sum(found.values()):
        raise Misfit("there is no shot in them")
    return found


def keyed(items: Mapping[Any, Any], registers: Mapping[str, int]) -> dict[int, Any]:
    """The same with whole numbers as keys: from bits, ``0x`` and hexadecimal digits, or numbers."""
    return {_value(key, registers): item for key, item in items.items()}


def _by_register(
    counts: Mapping[str, Mapping[Any, Any]], registers: Mapping[str, int]
) -> dict[str, list[int]]:
    if counts.keys() != registers.keys():
        given, wanted = ", ".join(map(str, counts)), ", ".join(registers) or "none"
        raise Misfit(f"they are of the registers {given}; the circuit has {wanted}")
    found = {name: split(counts[name], {name: registers[name]})[name] for name in registers}
    lengths = {name: len(shots) for name, shots in found.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise Misfit(f"registers differ in their number of shots: {told}")
    return found


def _value(key: Any, registers: Mapping[str, int]) -> int:
    width = sum(registers.values())
    if isinstance(key, str) and not key.startswith("0x"):
        return _from_bits(key, registers)
    try:
        value = int(key, 16) if isinstance(key, str) else key
    except ValueError:
        raise Misfit(f"{key!r} is not hexadecimal") from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misfit(f"{key!r} is no outcome: those are bits, 0x and digits, or whole numbers")
    if not 0 <= value < 1 << width:
        raise Misfit(f"{key!r} does not fit into {_told(registers)}")
    return value


def _from_bits(key: str, registers: Mapping[str, int]) -> int:
    parts = key.split()
    text = "".join(parts)
    if not text or set(text) - {"0", "1"}:
        raise Misfit(f"{key!r} is no outcome: those are bits, 0x and digits, or whole numbers")
    sizes = list(registers.values())[::-1]
    if len(text) != sum(sizes) or (len(parts) > 1 and [*map(len, parts)] != sizes):
        raise Misfit(f"{key!r} has {len(text)} bits, not those of {_told(registers)}")
    return int(text, 2)


def _told(registers: Mapping[str, int]) -> str:
    told = " and ".join(f"{name} of {size}" for name, size in registers.items())
    return f"the register{'s' * (len(registers) > 1)} {told}" if told else "no register at all"
