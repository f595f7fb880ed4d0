"""The outer shape of circuits and arrays, read without any library: registers, parameters, axes."""

from __future__ import annotations

import ast
import base64
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dryshot.engines.failure import ProgramError

__all__ = [
    "CircuitShape",
    "array_shape",
    "broadcast",
    "circuit_shape",
    "fill",
    "nested_shape",
    "strip_comments",
    "version_of",
]

MAX_UNPACKED = 64 * 2**20
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_VERSION = re.compile(r"\s*OPENQASM\s+([0-9]+)")
_OLD = re.compile(r"\b(qreg|creg)\s+(\w+)\s*(?:\[\s*(\w+)\s*\])?\s*;")
_NEW = re.compile(r"\b(qubit|bit)\s*(?:\[\s*(\w+)\s*\])?\s+(\w+)\s*[;=]")
_CONSTANT = re.compile(r"\bconst\s+u?int\s*(?:\[\s*\d+\s*\])?\s+(\w+)\s*=\s*(\d+)\s*;")
_INPUT = re.compile(r"\binput\s+\w+\s*(?:\[[^\]]*\])?\s+(\w+)\s*;")
_PHYSICAL = re.compile(r"\$(\d+)")

QPY_MAGIC = b"QISKIT"
QPY_OLDEST, QPY_SYMBOLS, QPY_VARIABLES, QPY_TABLE = 5, 10, 12, 16
QPY_FILE = struct.Struct("!6sBBBBQ")
QPY_CIRCUIT = struct.Struct("!H1cHIIQIQ")
QPY_REGISTER = struct.Struct("!1c?IH?")


@dataclass(frozen=True, slots=True)
class CircuitShape:
    """``registers`` has the size of each classical one; ``parameters`` is ``None`` if unknown."""

    num_qubits: int
    registers: dict[str, int]
    measured: bool
    parameters: tuple[str, ...] | None

    @property
    def width(self) -> int:
        """The number of classical bits in registers."""
        return sum(self.registers.values())


def strip_comments(text: str) -> str:
    """OpenQASM ``text`` without its comments; lines keep their numbers."""
    return _COMMENT.sub(lambda found: "\n" * found.group().count("\n") or " ", text)


def version_of(text: str) -> int:
    """The major OpenQASM version that ``text`` announces; 3 if it does not."""
    found = _VERSION.match(strip_comments(text))
    return int(found.group(1)) if found else 3


def circuit_shape(raw: Any) -> CircuitShape:
    """The shape of a circuit on the wire; raises :class:`ProgramError` where none can be seen."""
    if isinstance(raw, str):
        return _text(raw)
    if isinstance(raw, dict) and raw.get("__type__") == "QuantumCircuit":
        try:
            return _qpy(_unpack(raw["__value__"]))
        except (KeyError, TypeError, ValueError, struct.error, zlib.error) as error:
            raise ProgramError(f"an encoded QuantumCircuit cannot be read: {error}") from error
    raise ProgramError("this is neither OpenQASM text nor an encoded circuit", kind="TypeError")


def _text(text: str) -> CircuitShape:
    bare = strip_comments(text)
    constants = {name: int(value) for name, value in _CONSTANT.findall(bare)}

    def size(written: str) -> int:
        if not written:
            return 1
        if written.isdecimal():
            return int(written)
        if written not in constants:
            raise ProgramError(f"the size {written!r} is not known")
        return constants[written]

    found = [(kind, name, size(length)) for kind, name, length in _OLD.findall(bare)]
    found += [(kind, name, size(length)) for kind, length, name in _NEW.findall(bare)]
    qubits = sum(length for kind, _, length in found if kind in {"qubit", "qreg"})
    physical = [int(number) for number in _PHYSICAL.findall(bare)]
    qubits += max(physical) + 1 if physical else 0
    if not qubits:
        raise ProgramError(
            "the circuit declares no qubit", kind="openqasm3.parser.QASM3ParsingError"
        )
    return CircuitShape(
        qubits,
        {name: length for kind, name, length in found if kind in {"bit", "creg"}},
        measured=re.search(r"\bmeasure\b", bare) is not None,
        parameters=tuple(_INPUT.findall(bare)),
    )


def _qpy(raw: bytes) -> CircuitShape:
    """Registers from the head of a QPY file; whether and what is measured stays unknown."""
    magic, version, *_, programs = QPY_FILE.unpack_from(raw)
    if magic != QPY_MAGIC or version < QPY_OLDEST:
        raise ValueError(f"not QPY, or of version {version}")
    offset = QPY_FILE.size + (1 if version >= QPY_SYMBOLS else 0)
    offset += 8 * programs if version >= QPY_TABLE else 0
    offset += 1  # the kind of program
    name, _, phase, qubits, _, metadata, registers, _ = QPY_CIRCUIT.unpack_from(raw, offset)
    offset += QPY_CIRCUIT.size + (4 if version >= QPY_VARIABLES else 0) + name + phase + metadata
    sizes = {}
    for _ in range(registers):
        kind, _, size, length, _ = QPY_REGISTER.unpack_from(raw, offset)
        offset += QPY_REGISTER.size
        if kind == b"c":
            sizes[raw[offset : offset + length].decode()] = size
        offset += length + 8 * size
    return CircuitShape(qubits, sizes, measured=bool(sizes), parameters=None)


def _unpack(text: str) -> bytes:
    return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), MAX_UNPACKED)


def array_shape(raw: Any) -> tuple[int, ...]:
    """The shape of a number, nested list or encoded array."""
    if isinstance(raw, dict) and raw.get("__type__") == "ndarray":
        if isinstance(raw.get("__value__"), str):
            return _npy_shape(_unpack(raw["__value__"]))
        return nested_shape(raw.get("__value__"))
    return nested_shape(raw)


def _npy_shape(raw: bytes) -> tuple[int, ...]:
    """From the head of an npy file: a magic word, a version, a length, and a Python literal."""
    head = "<H" if raw[6:7] == b"\x01" else "<I"
    (length,) = struct.unpack_from(head, raw, 8)
    start = 8 + struct.calcsize(head)
    shape: tuple[int, ...] = ast.literal_eval(raw[start : start + length].decode())["shape"]
    return shape


def nested_shape(raw: Any) -> tuple[int, ...]:
    """The shape of nested lists; all else is a single item."""
    if not isinstance(raw, list):
        return ()
    return (len(raw), *(nested_shape(raw[0]) if raw else ()))


def broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """The shape to which two shapes broadcast."""
    length = max(len(first), len(second))
    pairs = zip(
        (1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second, strict=True
    )
    result = []
    for a, b in pairs:
        if a != b and 1 not in (a, b):
            raise ProgramError(f"shapes {first} and {second} do not fit")
        result.append(b if a == 1 else a)
    return tuple(result)


def fill(shape: tuple[int, ...], make: Callable[[], Any]) -> Any:
    """Nested lists of a shape, each item made anew."""
    return [fill(shape[1:], make) for _ in range(shape[0])] if shape else make()
