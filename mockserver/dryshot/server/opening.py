"""Making a state file, and looking at one without touching it before it is trusted."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from dryshot.server.records import KINDS, Record, StateError, Stored
from dryshot.server.wal import dropped_frames

__all__ = ["VERSION", "Contents", "Lock", "check_header", "create", "inspect", "roster"]

VERSION = 1
"""The form of the file; another one is refused."""
_APPLICATION = 0x64727973  # "drys"
_HEADER_BYTES = 100
_TABLES = {
    "meta": "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "tenants": "CREATE TABLE tenants (key INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, "
    "genesis TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0, seal BLOB NOT NULL DEFAULT x'')",
    "records": "CREATE TABLE records (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
    "tenant INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL)",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file was found to hold; ``tenants`` by their keys."""

    meta: Mapping[str, str]
    tenants: Mapping[int, Stored]


class Lock:
    """Keeps other processes from a state file, by a file of its own beside it.

    SQLite's lock on that file works on every system, and ends with the process that holds it.
    """

    def __init__(self, path: Path) -> None:
        check_header(path)
        try:
            self._connection = sqlite3.connect(
                path.with_name(f"{path.name}.lock"),
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StateError(f"{path} is in use by another dryshot") from error
            raise StateError(f"{path} cannot be opened: {error}") from error

    def release(self) -> None:
        """Let others have the file."""
        self._connection.close()


def check_header(path: Path) -> None:
    """``StateError`` if a file is not of this program, or of a newer one."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateError(f"{path} cannot be read: {error}") from error
    if not header:
        return
    version, application = struct.unpack(">I4xI", header[60:72].ljust(12, b"\0"))
    if not header.startswith(b"SQLite format 3\0") or application != _APPLICATION:
        raise StateError(f"{path} is not a state file of dryshot")
    if version != VERSION:
        reason = f"has form {version}, and this dryshot knows form {VERSION} only"
        raise StateError(f"{path} {reason}: use the version that wrote it")


def create(path: Path, meta: Mapping[str, str]) -> None:
    """A new file, wholly there or not at all; only its owner may read it."""
    made = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        made.unlink(missing_ok=True)
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = sqlite3.connect(made, isolation_level=None)
        try:
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("BEGIN")
            for statement in _TABLES.values():
                connection.execute(statement)
            rows = [*meta.items(), ("roster", "")]
            connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = 'roster'", (roster(connection),)
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
        made.replace(path)
    except (OSError, sqlite3.Error) as error:
        made.unlink(missing_ok=True)
        raise StateError(f"{path} cannot be made: {error}") from error


def roster(connection: sqlite3.Connection) -> str:
    """The digest over everything in the file that is in no tenant's seal."""
    digest = hashlib.blake2b(digest_size=16)
    for statement in (
        "SELECT name, value FROM meta WHERE name != 'roster' ORDER BY name",
        "SELECT key || '', name || char(0) || genesis FROM tenants ORDER BY key",
    ):
        for first, second in connection.execute(statement):
            digest.update(f"{len(first)} {len(second)} {first}{second}".encode())
    return digest.hexdigest()


def inspect(path: Path) -> Contents:
    """What the file holds; ``StateError`` if any of it is not what was written.

    Nothing is changed: where a process was killed, a copy is looked at, for SQLite repairs.
    """
    wal = path.with_name(f"{path.name}-wal")
    try:
        if not (wal.exists() and wal.stat().st_size):
            with _reading(f"file:{quote(str(path.absolute()))}?immutable=1") as connection:
                return _verified(connection)
        with TemporaryDirectory(prefix="dryshot-") as folder:
            copy = Path(folder, "copy")
            shutil.copyfile(path, copy)
            shutil.copyfile(wal, Path(folder, "copy-wal"))
            with _reading(f"file:{quote(str(copy))}?mode=rw") as connection:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
                contents = _verified(connection)
                taken = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
                if dropped_frames(wal, max(0, taken)):
                    raise StateError("its write-ahead log has changed since it was written")
                return contents
    except (StateError, sqlite3.Error, OSError, ValueError) as error:
        raise StateError(f"{path} is damaged, and was left as it is: {error}") from error


@contextmanager
def _reading(uri: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _verified(connection: sqlite3.Connection) -> Contents:
    found = dict(
        connection.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sq%'")
    )
    if found != _TABLES:
        raise StateError("its tables are not those of this form")
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise StateError(verdict)
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    if meta.pop("roster", None) != roster(connection):
        raise StateError("the list of its tenants has changed since it was written")
    stored, ends = {}, {}
    for key, name, genesis, count, seal in connection.execute(
        "SELECT key, name, genesis, count, seal FROM tenants ORDER BY key"
    ):
        stored[key] = Stored(name, genesis, key)
        ends[key] = count, seal
    for seq, tenant, kind, at, data in connection.execute(
        "SELECT seq, tenant, kind, at, data FROM records ORDER BY seq"
    ):
        known = tenant in stored and kind in KINDS
        if not (known and isinstance(at, int) and isinstance(data, bytes)):
            raise StateError(f"record {seq} is none")
        stored[tenant].add(Record(kind, at, data))
    for key, one in stored.items():
        if (one.count, one.seal) != ends[key]:
            raise StateError(f"the records of {one.name} have changed since they were written")
    return Contents(meta, stored)
