"""What worlds have lived through, as a state file or an exported state says, and can again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, ParamSpec

from dryshot.server.records import BadState, OtherState, Record, StateError, Stored
from dryshot.server.replay import Replay
from dryshot.server.tenant import Tenant

__all__ = ["Numbered", "Past"]

P = ParamSpec("P")

Numbered = tuple[int, str, Record]
"""A record, its number, and the name of its tenant."""


@dataclass(frozen=True, slots=True)
class Past:
    """``source`` is what errors call it; ``tenants`` are oldest first, as ``records()`` are."""

    source: str
    meta: Mapping[str, str]
    tenants: Sequence[Stored]
    records: Callable[[], Iterable[Numbered]]

    @property
    def salt(self) -> bytes:
        """What keys are digested with."""
        return bytes.fromhex(self.meta["salt"])

    @property
    def born(self) -> datetime:
        """The instant at which it began."""
        return datetime.fromisoformat(self.meta["born"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """What its worlds were made with."""
        found: dict[str, Any] = json.loads(self.meta["settings"])
        return found

    def check_settings(self, wanted: Mapping[str, Any], remedy: str) -> None:
        """``OtherState`` if its worlds were made with other settings; ``remedy`` ends that."""
        for name in sorted({*self.settings, *wanted}):
            kept, asked = self.settings.get(name), wanted.get(name)
            if kept != asked:
                raise OtherState(
                    f"{self.source} was made with {name} = {kept!r}, not {asked!r}; {remedy}"
                )

    def live(self, tenants: Mapping[str, Tenant]) -> None:
        """Let every tenant, by its name, live through its records; ``BadState`` if one cannot."""
        replays = {name: Replay(tenant) for name, tenant in tenants.items()}
        for number, name, record in self.records():
            if record.kind == "end":
                self._try(number, replays[name].learn, [record])
        for number, name, record in self.records():
            self._try(number, replays[name].live, number, record)
        for tenant in tenants.values():
            tenant.outcomes.forget()

    def _try(self, number: int, act: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except Exception as error:
            told = isinstance(error, StateError)
            reason = str(error) if told else f"record {number}: {error!r}"
            raise BadState(
                f"records[{number}]",
                f"{self.source} cannot be taken up by dryshot {version('dryshot')} "
                f"(it is from {self.meta['writer']}): {reason}",
            ) from error
