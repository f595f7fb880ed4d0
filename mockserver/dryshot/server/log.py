"""The state file: SQLite, written record by record, and committed before anyone is answered."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal

from dryshot.server.opening import Contents, Lock, create, inspect, roster
from dryshot.server.records import Record, StateError, Stored

__all__ = ["Durability", "Log"]

Durability = Literal["process", "power"]
"""What an acknowledged change survives: the end of the process, or of the machine's power."""

_MOST_WAL_BYTES = 4 * 1024 * 1024
_LOOK_EVERY = 64


class Log:
    """An open state file; only one process has it, and :meth:`close` lets it go.

    What is appended is kept when :meth:`flush` returns. Threads that flush at the same time share
    one transaction. After a failure to write every further call fails with ``StateError``.
    """

    def __init__(
        self,
        path: Path,
        meta: Mapping[str, str],
        *,
        durability: Durability = "process",
        accept: Callable[[Contents], object] = lambda _contents: None,
    ) -> None:
        """Open, or create with this ``meta``; ``StateError`` if the file cannot be used.

        ``accept`` may raise one as well, before anything is written.
        """
        self.path = path
        self._pending: list[tuple[Stored, Record]] = []
        self._pending_lock = threading.Lock()
        self._file_lock = threading.Lock()
        self._appended = self._written = self._commits = 0
        self._failed: str | None = None
        self._lock = Lock(path)
        try:
            if not path.exists() or path.stat().st_size == 0:
                create(path, meta)
            self.contents: Contents = inspect(path)
            accept(self.contents)
            self._connection = _connect(path, durability)
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Write what is pending, and let go of the file."""
        try:
            if self._failed is None:
                self.flush()
        finally:
            with self._file_lock:
                self._failed = self._failed or "it is closed"
                self._connection.close()
            self._lock.release()

    def records(self) -> Iterator[tuple[int, int, Record]]:
        """Every record with its number and its tenant's key, in the order of their making."""
        rows = self._connection.execute(
            "SELECT seq, tenant, kind, at, data FROM records ORDER BY 1"
        )
        for seq, tenant, kind, at, data in rows:
            yield seq, tenant, Record(kind, at, data)

    def append(self, stored: Stored, record: Record) -> None:
        """Line up a record to be written."""
        with self._pending_lock:
            self._pending.append((stored, record))
            self._appended += 1

    def flush(self) -> None:
        """Return when all that was appended so far is in the file."""
        wanted = self._appended
        if self._written >= wanted and self._failed is None:
            return
        with self._file_lock:
            if self._failed is not None:
                raise StateError(f"{self.path} is no longer written: {self._failed}")
            if self._written >= wanted:
                return
            with self._pending_lock:
                batch, self._pending = self._pending, []
                appended = self._appended
            try:
                self._write(batch)
            except (sqlite3.Error, OSError) as error:
                self._failed = str(error)
                raise StateError(f"{self.path} cannot be written: {error}") from error
            self._written = appended

    def drop(self, stored: Stored) -> None:
        """Remove a tenant with all its records."""
        self.flush()
        if stored.key is None:
            return
        with self._file_lock:
            run = self._connection.execute
            try:
                run("BEGIN IMMEDIATE")
                run("DELETE FROM records WHERE tenant = ?", (stored.key,))
                run("DELETE FROM tenants WHERE key = ?", (stored.key,))
                self._seal_roster()
                run("COMMIT")
            except sqlite3.Error as error:
                self._failed = str(error)
                raise StateError(f"{self.path} cannot be written: {error}") from error
            stored.key = None

    def replace(
        self,
        meta: Mapping[str, str],
        records: Iterable[tuple[Stored, Record]],
        then: Callable[[], object],
    ) -> None:
        """Put these in the place of everything, what is pending too; wholly or not at all.

        Nobody may append meanwhile. ``then`` is called when it is done, before any :meth:`flush`
        that waits goes on. ``StateError`` leaves everything as it was.
        """
        with self._file_lock:
            if self._failed is not None:
                raise StateError(f"{self.path} is no longer written: {self._failed}")
            run = self._connection.execute
            try:
                run("BEGIN IMMEDIATE")
                for table in ("records", "tenants", "meta"):
                    run(f"DELETE FROM {table}")  # noqa: S608 - its own names
                rows = [*meta.items(), ("roster", "")]
                self._connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
                self._insert(records)
                self._seal_roster()
                run("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    run("ROLLBACK")
                if isinstance(error, sqlite3.Error | OSError):
                    raise StateError(f"{self.path} cannot be written: {error}") from error
                raise
            with self._pending_lock:
                self._pending = []
                appended = self._appended
            then()
            self._written = appended
            with suppress(sqlite3.Error):  # it is kept in any case
                run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def copy_to(self, path: Path) -> None:
        """Make a file of all that was appended so far; whoever flushes waits for it."""
        self.flush()
        try:
            with self._file_lock, closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be read: {error}") from error

    def _write(self, batch: list[tuple[Stored, Record]]) -> None:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        self._insert(batch)
        run("COMMIT")
        self._commits += 1
        if self._commits % _LOOK_EVERY == 0:
            wal = self.path.with_name(f"{self.path.name}-wal")
            if wal.exists() and wal.stat().st_size > _MOST_WAL_BYTES:
                run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _insert(self, records: Iterable[tuple[Stored, Record]]) -> None:
        run = self._connection.execute
        touched: dict[int, Stored] = {}
        for stored, record in records:
            if stored.key is None:
                statement = "INSERT INTO tenants (name, genesis) VALUES (?, ?)"
                stored.key = run(statement, (stored.name, stored.genesis)).lastrowid
                self._seal_roster()
            stored.add(record)
            touched[id(stored)] = stored
            run(
                "INSERT INTO records (tenant, kind, at, data) VALUES (?, ?, ?, ?)",
                (stored.key, record.kind, record.at, record.data),
            )
        for stored in touched.values():
            run(
                "UPDATE tenants SET count = ?, seal = ? WHERE key = ?",
                (stored.count, stored.seal, stored.key),
            )

    def _seal_roster(self) -> None:
        self._connection.execute(
            "UPDATE meta SET value = ? WHERE name = 'roster'", (roster(self._connection),)
        )


def _connect(path: Path, durability: Durability) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        for pragma in (
            "locking_mode = EXCLUSIVE",
            "journal_mode = WAL",
            f"synchronous = {'FULL' if durability == 'power' else 'NORMAL'}",
            "wal_autocheckpoint = 0",
            "wal_checkpoint(TRUNCATE)",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except sqlite3.Error as error:
        raise StateError(f"{path} cannot be written: {error}") from error
    return connection
