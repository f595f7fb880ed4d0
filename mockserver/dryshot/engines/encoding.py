"""IBM's JSON encoding of Qiskit's objects: ``{"__type__": T, "__value__": V}``.

Decoding builds only what is listed here; a class named by the sender is looked up in an allow-list
and never imported by its name.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import struct
import warnings
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dryshot.engines.failure import ProgramError

__all__ = ["decode", "encode", "unpack"]

MAX_UNPACKED = 256 * 2**20
PARAMETER = struct.Struct("!H16s")
OPERATORS = frozenset({"Operator", "Pauli", "PauliList", "PauliSumOp", "ScalarOp", "SparsePauliOp"})


def unpack(text: str) -> bytes:
    """Base64 of zlib-compressed bytes, undone; at most 256 MiB."""
    inflate = zlib.decompressobj()
    raw = inflate.decompress(_bytes(text), MAX_UNPACKED)
    if inflate.unconsumed_tail:
        raise ProgramError(f"encoded value is larger than {MAX_UNPACKED} bytes when unpacked")
    if not inflate.eof:
        raise ProgramError("encoded value ends too early", kind="zlib.error")
    return raw


def decode(value: Any) -> Any:
    """``value``, as JSON was parsed, with every encoded object in it built."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "__type__" not in value:
        return _plain(value)
    kind = value["__type__"]
    if not isinstance(kind, str) or kind not in DECODERS or "__value__" not in value:
        raise ProgramError(f"{kind!r} is not an encoded type that is known", kind="TypeError")
    try:
        return DECODERS[kind](value)
    except ProgramError:
        raise
    except Exception as error:
        raise ProgramError(
            f"an encoded {kind} cannot be read: {type(error).__name__}: {error}"
        ) from error


def _plain(value: Mapping[str, Any]) -> dict[Any, Any]:
    """An object that is not an encoded one; its keys may stand for whole numbers."""
    if "__int_keys__" not in value:
        return {key: decode(item) for key, item in value.items()}
    return {
        int(key) if key.lstrip("-").isdecimal() else key: decode(item)
        for key, item in value.items()
        if key != "__int_keys__"
    }


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ProgramError("an encoded value is not text", kind="TypeError")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ProgramError(f"an encoded value is not base64: {error}") from error


def _circuit(value: Mapping[str, Any]) -> Any:
    from qiskit import qpy

    with warnings.catch_warnings():
        # a circuit written by another version of Qiskit is the common case, not a fault
        warnings.simplefilter("ignore")
        circuits = qpy.load(io.BytesIO(unpack(value["__value__"])))
    if not circuits:
        raise ProgramError("an encoded circuit holds no circuit")
    return circuits[0]


def _instruction(value: Mapping[str, Any]) -> Any:
    return _circuit(value).data[0].operation


def _parameter(value: Mapping[str, Any]) -> Any:
    from qiskit.circuit import Parameter

    raw = _bytes(value["__value__"])
    length, identity = PARAMETER.unpack_from(raw)
    name = raw[PARAMETER.size : PARAMETER.size + length].decode()
    return Parameter(name, uuid=UUID(bytes=identity))


def _array(value: Mapping[str, Any]) -> Any:
    import numpy as np

    raw = value["__value__"]
    if isinstance(raw, str):
        return np.load(io.BytesIO(unpack(raw)), allow_pickle=False)
    return np.array(decode(raw))


def _settings(value: Mapping[str, Any]) -> Any:
    from qiskit import quantum_info

    name = value.get("__class__")
    if name not in OPERATORS or not hasattr(quantum_info, name):
        raise ProgramError(f"settings of {name!r} are not understood", kind="TypeError")
    return getattr(quantum_info, name)(**decode(value["__value__"]))


def _result(value: Mapping[str, Any]) -> Any:
    from qiskit.result import Result

    return Result.from_dict(decode(value["__value__"]))


def _noise_model(value: Mapping[str, Any]) -> Any:
    from qiskit_aer.noise import NoiseModel

    with warnings.catch_warnings():
        # deprecated, yet the only way back from the form in which clients send noise models
        warnings.simplefilter("ignore", DeprecationWarning)
        return NoiseModel.from_dict(decode(value["__value__"]))


def _bindings(value: Mapping[str, Any]) -> Any:
    from qiskit.primitives.containers.bindings_array import BindingsArray

    content = value["__value__"]
    data = {
        tuple(_name(part) for part in decode(json.loads(key))): decode(item)
        for key, item in (content.get("data") or {}).items()
    }
    shape = content.get("shape")
    return BindingsArray(data, shape=None if shape is None else tuple(shape))


def _name(part: Any) -> str:
    return part if isinstance(part, str) else str(part.name)


def _observables(value: Mapping[str, Any]) -> Any:
    from qiskit.primitives.containers.observables_array import ObservablesArray

    return ObservablesArray(decode(value["__value__"]))


DECODERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "BindingsArray": _bindings,
    "Instruction": _instruction,
    "NoiseModel": _noise_model,
    "ObservablesArray": _observables,
    "Parameter": _parameter,
    "QuantumCircuit": _circuit,
    "Result": _result,
    "complex": lambda value: complex(*value["__value__"]),
    "datetime": lambda value: datetime.fromisoformat(value["__value__"]),
    "ndarray": _array,
    "set": lambda value: set(decode(value["__value__"])),
    "settings": _settings,
    "to_json": lambda value: decode(value["__value__"]),
}


def encode(value: Any) -> Any:
    """A V2 result, and what it is made of, as JSON values in IBM's encoding."""
    match value:  # what is JSON already needs no library
        case dict():
            return {key: encode(item) for key, item in value.items()}
        case list() | tuple():
            return [encode(item) for item in value]
        case str() | int() | float() | None:
            return value
    import numpy as np
    from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult

    match value:
        case np.ndarray():
            buffer = io.BytesIO()
            np.save(buffer, value, allow_pickle=False)
            packed = zlib.compress(buffer.getvalue())
            return _typed("ndarray", base64.b64encode(packed).decode())
        case BitArray():
            return _typed("BitArray", {"array": encode(value.array), "num_bits": value.num_bits})
        case DataBin():
            content = {
                "field_names": list(value),
                "shape": list(value.shape),
                "fields": {name: encode(item) for name, item in value.items()},
            }
            return _typed("DataBin", content)
        case PubResult():
            kind = "SamplerPubResult" if isinstance(value, SamplerPubResult) else "PubResult"
            content = {"data": encode(value.data), "metadata": encode(value.metadata)}
            return _typed(kind, content)
        case PrimitiveResult():
            content = {"pub_results": encode(list(value)), "metadata": encode(value.metadata)}
            return _typed("PrimitiveResult", content)
    return value


def _typed(kind: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}
