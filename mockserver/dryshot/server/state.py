"""State that lasts: one file for all the worlds of a server."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any, Self

from dryshot.server.log import Durability, Log
from dryshot.server.opening import Contents
from dryshot.server.records import Record, StateError, Stored
from dryshot.server.replay import Replay
from dryshot.server.tenant import Tenant

__all__ = ["State", "open_state"]


class State:
    """An open state file, as the tenants of a server see it.

    ``salt`` is what keys are digested with, ``born`` the instant at which the file was made, and
    ``settings`` what its worlds were made with. Close it, or use it as a context.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        meta = log.contents.meta
        self.salt = bytes.fromhex(meta["salt"])
        self.born = datetime.fromisoformat(meta["born"])
        self.settings: Mapping[str, Any] = json.loads(meta["settings"])
        self.writer = meta["writer"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<State {self._log.path}>"

    def close(self) -> None:
        """Write what is pending, and let others have the file."""
        self._log.close()

    @property
    def stored(self) -> list[Stored]:
        """The tenants that were in the file when it was opened, oldest first."""
        return list(self._log.contents.tenants.values())

    def keep(self, stored: Stored, record: Record) -> None:
        """Line up a record; it is kept when :meth:`settle` has returned."""
        self._log.append(stored, record)

    def settle(self) -> None:
        """Return when everything so far is in the file."""
        self._log.flush()

    def drop(self, stored: Stored) -> None:
        """Forget a tenant."""
        self._log.drop(stored)

    def live(self, tenants: Mapping[str, Tenant]) -> None:
        """Let every tenant, by its name, live through its records."""
        by_key = {one.key: tenants[one.name] for one in self.stored}
        ends: defaultdict[int, list[Record]] = defaultdict(list)
        for _, key, record in self._log.records():
            if record.kind == "end":
                ends[key].append(record)
        replays = {key: Replay(tenant) for key, tenant in by_key.items() if key is not None}
        for key, replay in replays.items():
            replay.learn(ends.pop(key, ()))
        for seq, key, record in self._log.records():
            try:
                replays[key].live(seq, record)
            except (StateError, LookupError, TypeError, ValueError) as error:
                reason = str(error) if isinstance(error, StateError) else f"record {seq}: {error!r}"
                raise StateError(
                    f"{self._log.path} cannot be taken up by dryshot {version('dryshot')} "
                    f"(it is from {self.writer}): {reason}"
                ) from error
        for tenant in by_key.values():
            tenant.outcomes.forget()
        self.settle()


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
    log = Log(Path(path), fresh_meta(text), durability=durability, accept=_accept(path, text))
    return State(log)


def fresh_meta(settings: str) -> dict[str, str]:
    """What a new file says of itself."""
    return {
        "salt": secrets.token_hex(32),
        "born": datetime.now(UTC).isoformat(),
        "settings": settings,
        "writer": version("dryshot"),
    }


def _accept(path: str | PathLike[str], settings: str) -> Any:
    wanted: dict[str, Any] = json.loads(settings)

    def accept(contents: Contents) -> None:
        kept = json.loads(contents.meta["settings"])
        for name in sorted({*kept, *wanted}):
            if kept.get(name) != wanted.get(name):
                raise StateError(
                    f"{path} was made with {name} = {kept.get(name)!r}, not "
                    f"{wanted.get(name)!r}; give the same setting, or another file"
                )

    return accept
