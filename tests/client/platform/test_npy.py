"""Files of numpy's are read as numpy would."""

from __future__ import annotations

import base64
import contextlib
import io
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dryshot_client.platform.npy import MAGIC, read_packed

TYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
    hnp.unicode_string_dtypes(endianness="?", max_len=4),
    hnp.byte_string_dtypes(max_len=4),
)
ARRAYS = hnp.arrays(TYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))


def pack(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw)).decode()


def saved(array: Any, version: tuple[int, int] = (1, 0)) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version=version, allow_pickle=False)
    return file.getvalue()


def file(header: str, data: bytes = b"") -> str:
    text = header.encode()
    return pack(MAGIC + b"\x01\x00" + struct.pack("<H", len(text)) + text + data)


def header(descr: str = "'<i4'", shape: str = "(1,)", order: str = "False") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}"


@given(ARRAYS, st.sampled_from([(1, 0), (2, 0), (3, 0)]), st.booleans())
@settings(deadline=None, derandomize=True)
def test_what_numpy_saves_is_read_alike(
    array: Any,
    version: tuple[int, int],
    transposed: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    sent = array.T if transposed else array
    read = read_packed(pack(saved(sent, version)))
    assert read.shape == sent.shape
    assert repr(read.nested()) == repr(sent.tolist())


@pytest.mark.parametrize("kind", ["longdouble", "clongdouble", "datetime64[s]"])
def test_a_type_without_a_match_in_python_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match=r"is an array of '<.*', which is not read"):
        read_packed(pack(saved(np.zeros(2, dtype=kind))))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (header("'|O'"), "is an array of '|O'"),
        (header("[('a', '<i4')]"), "is an array of"),
        (header("'<i3'"), "is an array of '<i3'"),
        (header(shape="(-1,)"), "shape or order"),
        (header(shape="(True,)"), "shape or order"),
        (header(shape="[1]"), "shape or order"),
        (header(order="0"), "shape or order"),
        (header(shape=f"({'1,' * 65})"), "shape or order"),
        ("{'descr': '<i4'}", "header that is not"),
        ("__import__('os')", "header that is not"),
        ("{[]: 1}", "header that is not"),
        ("'\\d'", "header that is not"),
        ("(" * 5000, "header that is not"),
        (header(), "ends too early"),
        (header(shape="(0,)") + " " * 10_000, "too long"),
        (header("'|u1'", f"({2**31},)"), "more items"),
        (header("'|u1'", f"({2**31}, 0)"), "more items"),
        (header("'<U0'", f"({2**31},)"), "more items"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what.replace("|", r"\|")):
        read_packed(file(text))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("not base64!", "base64"),
        ("é", "base64"),
        (base64.b64encode(b"not zlib").decode(), "zlib"),
        ("", "npy"),
        (pack(b""), "npy"),
        (pack(b"PK" * 10), "npy"),
        (pack(MAGIC + b"\x04\x00    "), "version 4"),
        (pack(MAGIC + b"\x01\x00"), "ends too early"),
        (pack(MAGIC + b"\x01\x00\xff\x00"), "ends too early"),
        (pack(saved([1, 2])[:-1]), "ends too early"),
        (pack(saved([1, 2]) + b"\0"), "more than its header"),
        (base64.b64encode(zlib.compress(saved([1])) + b"\0").decode(), "more than its header"),
        (base64.b64encode(zlib.compress(saved([1]))[:-1]).decode(), "ends too early"),
    ],
)
def test_what_is_no_whole_file_is_refused(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_packed(text)


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(ValueError, match="utf"):
        read_packed(file(header("'<U1'"), b"\xff\xff\xff\xff")).nested()


def test_a_small_file_cannot_unpack_to_more_than_it_announces() -> None:
    bomb = file(header(), bytes(64 * 2**20))
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than its header"):
            read_packed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=60), st.integers(0, 120))
@settings(deadline=None, derandomize=True)
def test_damaged_files_are_refused_or_read(damage: bytes, place: int) -> None:
    whole = saved(np.arange(6).reshape(2, 3))
    broken = whole[:place] + damage + whole[place + len(damage) :]
    with contextlib.suppress(ValueError):  # nothing else comes out
        read_packed(pack(broken)).nested()
