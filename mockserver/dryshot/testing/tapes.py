"""The cassettes of tests: where they are, how they are written, how they are played."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from dryshot.http import Endpoint
from dryshot.mock import Mock
from dryshot.recording.cassette import Cassette
from dryshot.recording.files import read_cassette, write_cassette
from dryshot.recording.recorder import Recorder

__all__ = ["NoCassette", "TooOld", "Wrapping", "cassette_path", "load", "recorder_for", "save"]

_LONGEST = 120
_OUTSIDE = frozenset({"..", "/"})


class NoCassette(Exception):
    """There is no recording of the test."""


class TooOld(Exception):
    """The recording was made too long ago."""


def cassette_path(folder: Path, nodeid: str) -> Path:
    """Where a test's cassette is: ``<folder>/<module's path>/<test's name>.yaml``.

    A name that no file can have is made into one that no other test's has.
    """
    module, _, name = nodeid.partition("::")
    parts = [
        part for part in PurePosixPath(module).with_suffix("").parts if part not in {"..", "/"}
    ]
    plain = re.sub(r"[^\w.\[\]=+-]+", "-", name.replace("::", "."), flags=re.ASCII)[:_LONGEST]
    if plain != name.replace("::", "."):
        digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=4)
        plain = f"{plain}-{digest.hexdigest()}"
    return folder.joinpath(*parts, f"{plain}.yaml")


def recorder_for(mock: Mock | None) -> Recorder:
    """A recorder by the mock's clock, or by the wall's where a service answers."""
    return Recorder() if mock is None else Recorder(now=mock.clock.now)


class Wrapping:
    """Stands a recorder before what answers; ``recorder`` is there once that is known.

    ``instance`` is the target's.
    """

    recorder: Recorder | None = None
    instance: str | None = None

    def __call__(self, endpoint: Endpoint, mock: Mock | None) -> Endpoint:
        """The endpoint, recorded."""
        self.recorder = recorder_for(mock)
        return self.recorder.endpoint(endpoint)


def save(
    recorder: Recorder, path: Path, *, target: str, secrets: Iterable[str], instance: str | None
) -> None:
    """Write what was recorded; it was recorded now, whatever the clock of a mock says."""
    words = {
        "mock": "recorded from dryshot's mock: no service was asked",
        "served": "recorded from dryshot's mock in served mode: no service was asked",
        "live": "recorded from a service",
    }
    cassette = recorder.cassette(provenance=words[target], secrets=secrets, instance=instance or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_cassette(replace(cassette, recorded=datetime.now(UTC)), path)


def load(path: Path, shown: str, max_age: float | None) -> Cassette:
    """Read a test's cassette; ``shown`` is its path as it is told, ``max_age`` is in days.

    Raises:
        NoCassette: there is none.
        TooOld: it is older than that.
        CassetteError: it cannot be read.
    """
    if not path.is_file():
        raise NoCassette(
            f"there is no recording of this test at {shown}; make one by running it with "
            "--dryshot-record=once and another target: --dryshot-target=live, served or mock"
        )
    cassette = read_cassette(path)
    if max_age is not None:
        age = (datetime.now(UTC) - cassette.recorded).total_seconds() / 86400
        if age > max_age:
            raise TooOld(
                f"the recording of this test, {shown}, is {age:.1f} days old, and "
                f"--dryshot-max-age is {max_age:g}; renew it by running the test with "
                "--dryshot-record=all and another target"
            )
    return cassette
