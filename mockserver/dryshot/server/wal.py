"""Whether SQLite took the whole of a write-ahead log: it drops what is damaged without a word."""

from __future__ import annotations

import struct
from pathlib import Path

__all__ = ["dropped_frames"]

_HEADER, _FRAME_HEADER = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}


def dropped_frames(path: Path, taken: int) -> bool:
    """Whether the log has committed frames beyond the first ``taken``, or is no log at all.

    Frames after the last commit are no loss: nobody was told that they are there. They bear the
    log's own salts, for the log is always cut off, never begun anew over old frames.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return taken > 0
        magic, _, page_size = struct.unpack(">3I", header[:12])
        if magic not in _MAGIC or header[24:] != _checksum(header[:24], _MAGIC[magic]):
            return True
        length = _FRAME_HEADER + page_size
        file.seek(_HEADER + taken * length)
        while len(frame := file.read(length)) == length:
            committed = frame[4:8] != bytes(4)
            if committed or frame[8:16] != header[16:24]:
                return True
    return False


def _checksum(data: bytes, order: str) -> bytes:
    first = second = 0
    for one, other in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return struct.pack(">2I", first, second)
