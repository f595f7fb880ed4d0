"""Bodies: without a content encoding, and large ones as files beside the cassette."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dryshot.recording.atomic import write_atomically
from dryshot.recording.fields import Field
from dryshot.recording.problems import CassetteError, Misfit

__all__ = ["LARGE", "MAX_BYTES", "Bodies", "decoded", "readable"]

LARGE = 16 * 1024
"""Bodies with more bytes than this are kept beside the cassette, compressed."""

MAX_BYTES = 256 * 1024 * 1024
"""No body is unpacked beyond this."""

_OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_READABLE = ("gzip", "deflate", "identity")
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
_NAME = re.compile(r"[0-9a-f]{32}\.gz")


def readable(accepted: str) -> str:
    """An ``Accept-Encoding`` that asks for nothing that :func:`decoded` cannot take off."""
    names = (part.partition(";")[0].strip().lower() for part in accepted.split(","))
    return ", ".join(name for name in names if name in _READABLE) or "identity"


def decoded(
    headers: Mapping[str, str], body: bytes, *, limit: int = MAX_BYTES
) -> tuple[dict[str, str], bytes]:
    """A message as it is kept: no content encoding, no headers of one connection.

    A body that is not what its header says is taken as it is: some recorders keep the header of
    what they have unpacked.

    Raises:
        CassetteError: the encoding is not known, so that a secret in the body would not be seen;
            or there are more than ``limit`` bytes in it.
    """
    kept = {name: value for name, value in headers.items() if name not in _OF_ONE_CONNECTION}
    for encoding in reversed(kept.pop("content-encoding", "").lower().split(",")):
        name = encoding.strip()
        if name in _WINDOWS:
            body = _unpacked(body, _WINDOWS[name], limit)
        elif name not in {"", "identity"} and not _is_text(body):
            raise CassetteError(f"a body is encoded as {name[:20]!r}, which cannot be read here")
    if "content-length" in kept and body:
        kept["content-length"] = str(len(body))
    return kept, body


def _unpacked(body: bytes, windows: tuple[int, ...], limit: int) -> bytes:
    for window in windows:
        unpacking = zlib.decompressobj(window)
        try:
            plain = unpacking.decompress(body, limit)
        except zlib.error:
            continue
        if unpacking.unconsumed_tail:
            raise CassetteError(f"a body has more than {limit} bytes once it is unpacked")
        if unpacking.eof:
            return plain
    return body


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(slots=True)
class Bodies:
    """The bodies of one cassette; ``directory`` is where its large ones are, ``kept`` their names.

    A file is named by the digest of what is in it, so that equal bodies share one.
    """

    directory: Path
    kept: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def beside(cls, cassette: Path) -> Bodies:
        """Those of the cassette at a path: ``seed.yaml`` has ``seed.bodies``."""
        return cls(cassette.with_suffix(".bodies"))

    def put(self, body: bytes) -> tuple[str | bytes, dict[str, Any] | None]:
        """What stands in the cassette for a body, and where the body is, if not there."""
        if len(body) > LARGE:
            digest = hashlib.sha256(body).hexdigest()
            name = f"{digest[:32]}.gz"
            self.kept[name] = body
            path = f"{self.directory.name}/{name}"
            return f"in {path}", {"file": path, "bytes": len(body), "sha256": digest}
        return (body.decode() if _is_text(body) else body), None

    def get(self, place: Field) -> bytes:
        """The body that a cassette has beside it; ``Misfit`` if it is not there or not whole."""
        name = place["file"].text().rpartition("/")[2]
        size = place["bytes"].integer()
        path = self.directory / name
        if not _NAME.fullmatch(name) or not 0 <= size <= MAX_BYTES:
            raise Misfit(place.path, "this names no body")
        try:
            unpacking = zlib.decompressobj(31)
            body = unpacking.decompress(path.read_bytes(), size + 1)
        except OSError as error:
            why = f"{self.directory.name}/{name} cannot be read: {error.strerror}"
            raise Misfit(place.path, why) from error
        except zlib.error as error:
            raise Misfit(place.path, f"{self.directory.name}/{name} is no gzip file") from error
        if len(body) != size or hashlib.sha256(body).hexdigest() != place["sha256"].text():
            raise Misfit(place.path, f"{self.directory.name}/{name} is not what was recorded")
        return body

    def write(self) -> None:
        """Write what was put; files that are there already stay as they are."""
        if self.kept:
            self.directory.mkdir(exist_ok=True)
        for name, body in self.kept.items():
            path = self.directory / name
            if not _holds(path, body):
                write_atomically(path, gzip.compress(body, mtime=0))

    def drop_others(self) -> None:
        """Remove what an earlier cassette of that name left, and nothing else."""
        if not self.directory.is_dir():
            return
        for path in self.directory.iterdir():
            if _NAME.fullmatch(path.name) and path.name not in self.kept:
                path.unlink()
        if not any(self.directory.iterdir()):
            self.directory.rmdir()


def _holds(path: Path, body: bytes) -> bool:
    """Whether a file is that body: other libraries may pack it in other bytes, just as good."""
    try:
        unpacking = zlib.decompressobj(31)
        return unpacking.decompress(path.read_bytes(), len(body) + 1) == body and unpacking.eof
    except (OSError, zlib.error):
        return False
