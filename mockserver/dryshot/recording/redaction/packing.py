"""Bytes that gzip or zlib made smaller, and the way back."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

__all__ = ["decompress"]

_MOST_BYTES = 1 << 28
"""What is longer than this, decompressed, is not looked into."""


def decompress(raw: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """Bytes as they are before gzip or zlib, if it was one of them, and how to get back."""
    for magic, wbits, pack in (
        (b"\x1f\x8b", 31, lambda data: gzip.compress(data, mtime=0)),
        (b"\x78", 15, zlib.compress),
    ):
        if raw.startswith(magic):
            reader = zlib.decompressobj(wbits)
            try:
                inner = reader.decompress(raw, _MOST_BYTES)
            except zlib.error:
                continue
            if reader.eof and not reader.unused_data:
                return inner, pack
    return raw, bytes
