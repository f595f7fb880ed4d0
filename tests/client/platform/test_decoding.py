"""What IBM's encoder writes is read as plain Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from qiskit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin
from qiskit_ibm_runtime import RuntimeEncoder

from dryshot_client.platform.decoding import decode
from dryshot_client.platform.registers import Register


def encoded(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=RuntimeEncoder))


def encoded_bits(array: Any, num_bits: Any) -> Any:
    content = {"array": encoded(array), "num_bits": num_bits}
    return {"__type__": "BitArray", "__value__": content}


@st.composite
def bit_arrays(draw: st.DrawFn) -> BitArray:
    """Of any shape, with bytes in either order and with spare bits that are not zero."""
    num_bits = draw(st.one_of(st.integers(1, 80), st.just(156)))
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    width = -(-num_bits // 8)
    array = draw(hnp.arrays(np.uint8, (*shape, width)))
    if draw(st.booleans()):
        array = np.asfortranarray(array)
    return BitArray(array, num_bits)


@given(bit_arrays())
@settings(deadline=None, derandomize=True)
def test_bits_are_counted_as_qiskit_counts_them(bits: BitArray) -> None:
    register = decode(encoded(bits))
    assert isinstance(register, Register)
    assert (register.shape, register.num_bits) == (bits.shape, bits.num_bits)
    assert register.num_shots == bits.num_shots
    assert register.counts() == bits.get_counts()
    assert register.bitstrings() == bits.get_bitstrings()
    for index in np.ndindex(bits.shape):
        if index:
            assert register.counts(index) == bits.get_counts(index)
            assert register.bitstrings(index) == bits.get_bitstrings(index)


def test_plain_things_come_as_they_were() -> None:
    moment = datetime(2026, 9, 3, 8, 15, 31, 120000, tzinfo=UTC)
    value = {
        "array": np.array([[1, 2], [3, 4]]),
        "scalar": np.array(0.5),
        "number": 1 + 2j,
        "moment": moment,
        "set": {1, 2},
        "bin": DataBin(evs=np.array([0.5, 1.5]), shape=(2,)),
        "list": [{"a": {3}}, None, True, 1.5, "text"],
        "names": np.array(["linear", "fallback"], dtype=object),
        "name": np.array("fallback", dtype=object),
    }
    assert decode(encoded(value)) == {
        "array": [[1, 2], [3, 4]],
        "scalar": 0.5,
        "number": 1 + 2j,
        "moment": moment,
        "set": {1, 2},
        "bin": {"evs": [0.5, 1.5]},
        "list": [{"a": {3}}, None, True, 1.5, "text"],
        "names": ["linear", "fallback"],
        "name": "fallback",
    }


def test_what_is_not_known_stays_as_it_is_and_what_is_in_it_is_read() -> None:
    circuit = encoded(QuantumCircuit(1))
    assert decode(circuit) == circuit
    span = {"__type__": "DoubleSliceSpan", "__value__": {"start": encoded(datetime(2026, 1, 1))}}  # noqa: DTZ001 - the service's plain dates have no zone either
    assert decode(span)["__type__"] == "DoubleSliceSpan"
    assert decode(span)["__value__"] == {"start": datetime(2026, 1, 1)}  # noqa: DTZ001 - the same
    assert decode({"__type__": 3}) == {"__type__": 3}


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"__type__": "ndarray"}, r"\$ has no __value__"),
        ({"__type__": "ndarray", "__value__": "x"}, r"\$.__value__: the array is not base64"),
        ([1, {"a": {"__type__": "complex", "__value__": [1]}}], r"\$\[1\].a.__value__ is not a"),
        ({"__type__": "complex", "__value__": [10**400, 0]}, "complex"),
        ({"__type__": "complex", "__value__": 3}, "complex"),
        ({"__type__": "complex", "__value__": "12"}, "complex"),
        ({"__type__": "complex", "__value__": ["1", "2"]}, "complex"),
        ({"__type__": "datetime", "__value__": "today"}, "ISO"),
        ({"__type__": "datetime", "__value__": None}, "ISO"),
        ({"__type__": "set", "__value__": [[1]]}, "cannot be in a set"),
        ({"__type__": "set", "__value__": "ab"}, "list of a set"),
        ({"__type__": "DataBin", "__value__": []}, "fields is not an object"),
        ({"__type__": "DataBin", "__value__": {"fields": {}}}, "field_names is not a list"),
        ({"__type__": "DataBin", "__value__": {"fields": {}, "field_names": ["a"]}}, "name the"),
        (encoded_bits(np.zeros((3, 2), np.uint8), 8), "2 bytes a shot for 8 bits"),
        (encoded_bits(np.zeros(3, np.uint8), 8), "bytes by shot"),
        (encoded_bits(np.zeros((3, 1), np.int8), 8), "bytes by shot"),
        (encoded_bits(np.zeros((3, 1), np.uint8), True), "num_bits"),
        (encoded_bits(np.zeros((3, 1), np.uint8), -1), "num_bits"),
        (encoded_bits([[1]], 8), "array is not an array"),
        (encoded_bits(np.array([[None]]), 8), "array of bytes"),
        ({"__type__": "BitArray", "__value__": 1}, "num_bits"),
    ],
)
def test_what_is_not_what_its_type_says_is_refused(value: Any, where: str) -> None:
    with pytest.raises(ValueError, match=where):
        decode(value)


def test_depth_is_refused_before_it_exhausts_the_stack() -> None:
    value: Any = {}
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="too deeply"):
        decode(value)


def test_a_register_without_bits_has_empty_strings() -> None:
    register = decode(encoded_bits(np.zeros((3, 0), np.uint8), 0))
    assert register.counts() == {"": 3}
    assert register.bitstrings() == ["", "", ""]
