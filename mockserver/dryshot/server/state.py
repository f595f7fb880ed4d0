"""State that lasts: one file for all the worlds of a server."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any, Self

from dryshot.server.book import Book
from dryshot.server.log import Durability, Log
from dryshot.server.opening import Contents
from dryshot.server.past import Numbered, Past

__all__ = ["State", "open_state"]


class State:
    """An open state file, as the tenants of a server see it.

    ``past`` is what it held when it was opened, or what has replaced that, and ``book`` where the
    worlds that go on from there are kept. Close it, or use it as a context.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self.past = _past(str(log.path), log, log.contents)
        self.book = Book(log)
        self.book.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<State {self._log.path}>"

    def close(self) -> None:
        """Write what is pending, and let others have the file."""
        self._log.close()

    def settle(self) -> None:
        """Return when everything so far is in the file."""
        self._log.flush()

    def copy_to(self, path: Path) -> None:
        """Make a file of all that there is so far; worlds go on meanwhile, but for a moment."""
        self._log.copy_to(path)

    def new_book(self) -> Book:
        """One for worlds that are to take the place of those there are; it is not open yet."""
        return Book(self._log)

    def replace(self, past: Past, book: Book, then: Callable[[], object]) -> None:
        """Put a past and what follows it in the place of everything; wholly or not at all.

        ``then`` is called when it is done; whatever the worlds of old were asked and had not yet
        been told that it is kept, they are told after that. ``StateError`` leaves all as it was.
        """
        stored = {one.name: one for one in past.tenants}
        records = ((stored[name], record) for _, name, record in past.records())

        def turn() -> None:
            self.book.close()
            book.open()
            self.past, self.book = past, book
            then()

        with self.book.lock, book.lock:
            self._log.replace(past.meta, records, turn)


def open_state(
    path: str | PathLike[str],
    settings: Mapping[str, Any],
    *,
    durability: Durability = "process",
) -> State:
    """Open a state file, or make one; only this process has it until it is closed.

    ``settings`` are those with which the worlds are made, as JSON values; a file that was made with
    others is refused. Every ``StateError`` leaves the file as it was.
    """
    text = json.dumps(settings, sort_keys=True)
    wanted: dict[str, Any] = json.loads(text)

    def accept(contents: Contents) -> None:
        past = Past(str(path), contents.meta, (), tuple)
        past.check_settings(wanted, "give the same setting, or another file")

    return State(Log(Path(path), fresh_meta(text), durability=durability, accept=accept))


def fresh_meta(settings: str) -> dict[str, str]:
    """What a new file says of itself."""
    return {
        "salt": secrets.token_hex(32),
        "born": datetime.now(UTC).isoformat(),
        "settings": settings,
        "writer": version("dryshot"),
    }


def _past(source: str, log: Log, contents: Contents) -> Past:
    names = {key: stored.name for key, stored in contents.tenants.items()}

    def records() -> Iterator[Numbered]:
        return ((number, names[key], record) for number, key, record in log.records())

    return Past(source, contents.meta, list(contents.tenants.values()), records)
