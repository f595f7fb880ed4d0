"""Identifiers as the services made them."""

from __future__ import annotations

import hashlib
import string
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from dryshot.clock import Clock

__all__ = ["IdSource", "XidFields", "decode_xid", "encode_xid", "respell", "stream"]


_DIGITS = string.digits + string.ascii_lowercase[:22]
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(90, -1, -10)
_LATER = str.maketrans(_DIGITS, "0123456789abcdefghjkmnpqrstvwxyz")


@dataclass(frozen=True, slots=True)
class XidFields:
    """What a 20-character id is made of: 4 bytes POSIX seconds, 3 machine, 2 process, 3 counter."""

    seconds: int
    machine: int
    pid: int
    counter: int

    @property
    def created(self) -> datetime:
        """The second in which the id was made."""
        return datetime.fromtimestamp(self.seconds, UTC)


def encode_xid(fields: XidFields) -> str:
    """The 12 bytes in the lower-case base32hex alphabet, without padding.

    A field that does not fit into its bytes raises ``OverflowError``.
    """
    return _encode(fields.seconds, fields.machine, fields.pid, fields.counter)


def _encode(seconds: int, machine: int, pid: int, counter: int) -> str:
    if seconds >> 32 or machine >> 24 or pid >> 16 or counter >> 24:
        raise OverflowError("a field of an id does not fit into its bytes")
    bits = ((seconds << 24 | machine) << 16 | pid) << 28 | counter << 4  # 96, and 4 to fill up
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def decode_xid(text: str) -> XidFields:
    """The fields of an id; ``ValueError`` if it is not one."""
    try:
        bits = int(text, 32) >> 4
    except ValueError as error:
        raise ValueError(f"{text!r} is not an id of 20 characters 0-9a-v") from error
    machine, pid, counter = bits >> 40 & 0xFFFFFF, bits >> 24 & 0xFFFF, bits & 0xFFFFFF
    fields = bits >> 64 & 0xFFFFFFFF, machine, pid, counter
    if _encode(*fields) != text:  # int takes more than that: signs, capitals, spaces, ...
        raise ValueError(f"{text!r} is not an id of 20 characters 0-9a-v")
    return XidFields(*fields)


def respell(text: str) -> str:
    """The same id in the alphabet of the classic service from November 2023: no i, l, o or u."""
    return text.translate(_LATER)


@dataclass(slots=True)
class IdSource:
    """Makes job ids from a clock; the other fields are set, so that ids can be foreseen.

    Without arguments it is the process that made the notebook's ``cjvks5fp8blo0kgog530``.
    """

    machine: int = 0xF942EB
    pid: int = 32850
    counter: int = 1605958

    def new(self, clock: Clock) -> str:
        """The next id; the counter wraps after 24 bits."""
        text = _encode(int(clock.time()), self.machine, self.pid, self.counter)
        self.counter = (self.counter + 1) % 2**24
        return text

    def new_classic(self, clock: Clock, *, later: bool) -> str:
        """The next id of a job or a session of the classic service, in its ``later`` alphabet."""
        made = self.new(clock)
        return respell(made) if later else made

    def new_session(self, random: Random) -> str:
        """The id of the platform's next session: a uuid of the world's own randomness."""
        return str(uuid.UUID(int=random.getrandbits(128), version=4))


def stream(seed: int, *names: str) -> Random:
    """A random stream of its own for what ``names`` say, the same on every machine."""
    return Random(_digest(seed, *names))


def _digest(seed: int, *names: str) -> bytes:
    text = "\0".join([str(seed), *names])
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
