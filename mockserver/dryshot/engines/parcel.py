"""Tasks on their way to another process: a device's data is packed, and unpacked there, only once.

The calibration data of a large device is some 260 kB of pickle, and a task little beside it. So a
packer keeps each backend's data compressed, and who receives it keeps the backend made from it; the
engine likewise stays, with all that it learns from job to job.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from dryshot.world.backends import Backend

__all__ = ["Packer", "Parcel", "run"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A call of an engine, as bytes."""

    engine: bytes
    arguments: bytes


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A backend, known by the digest of its data."""

    digest: bytes
    content: bytes = field(compare=False, repr=False)


class Packer:
    """Makes parcels, and remembers the backends that went into them. Threads may share it."""

    def __init__(self) -> None:
        self._sealed: WeakKeyDictionary[Backend, _Sealed] = WeakKeyDictionary()

    def pack(self, engine: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Parcel:
        """The call ``engine(*args, **kwargs)``; what cannot be pickled raises what pickle does."""
        text = io.BytesIO()
        _Pickler(text, self._seal).dump((args, kwargs))
        return Parcel(pickle.dumps(engine), text.getvalue())

    def _seal(self, backend: Backend) -> _Sealed:
        sealed = self._sealed.get(backend)
        if sealed is None:
            content = pickle.dumps(backend)
            digest = hashlib.sha256(content).digest()
            sealed = self._sealed[backend] = _Sealed(digest, zlib.compress(content, 1))
        return sealed


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, seal: Callable[[Backend], _Sealed]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._seal = seal

    def reducer_override(self, value: Any) -> Any:
        return (_backend, (self._seal(value),)) if isinstance(value, Backend) else NotImplemented


def run(engine: bytes, arguments: bytes) -> Any:
    """Make the call of a parcel, here."""
    args, kwargs = pickle.loads(arguments)  # noqa: S301 - from our own packer
    return _engine(engine)(*args, **kwargs)


# These two remember; equal bytes stand for equal things, so that it shows in nothing but time.


@lru_cache(maxsize=8)
def _engine(pickled: bytes) -> Callable[..., Any]:
    engine: Callable[..., Any] = pickle.loads(pickled)  # noqa: S301 - from our own packer
    return engine


@lru_cache(maxsize=32)
def _backend(sealed: _Sealed) -> Backend:
    backend: Backend = pickle.loads(zlib.decompress(sealed.content))  # noqa: S301 - the same
    return backend
