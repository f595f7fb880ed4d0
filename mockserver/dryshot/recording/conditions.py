"""How devices were doing while a recording was made, and that they are doing so again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from dryshot.recording.contents import Contents, answers_of
from dryshot.world import World

__all__ = ["play_conditions"]


class _Seen(NamedTuple):
    at: datetime
    device: str
    status: str
    reason: str | None = None
    message: str | None = None


def play_conditions(world: World, contents: Contents) -> None:
    """Let devices of the platform be paused, offline and online when they were seen so.

    A device was before as it was first seen. One that ran a recorded job was online by then.
    """
    now = world.clock.now()
    known: dict[str, str] = {}
    for seen in sorted(_seen(contents), key=lambda one: one.at):
        first = seen.device not in known
        if seen.device not in world.backends or known.get(seen.device) == seen.status:
            continue
        known[seen.device] = seen.status
        later = (seen.at - now).total_seconds()
        if later > 0 and not first:
            world.clock.call_later(later, partial(_let, world, seen))
        else:
            _let(world, seen)


def _let(world: World, seen: _Seen) -> None:
    world.platform.set_condition(seen.device, seen.status, reason=seen.reason, message=seen.message)


def _seen(contents: Contents) -> Iterator[_Seen]:
    for told, body in answers_of(contents):
        at, target = told.interaction.at, told.asked.target
        if told.asked.key == "platform-runtime.get_backend_status" and target:
            yield _told(at, target, body)
        elif told.asked.key == "platform-runtime.list_backends":
            for item in body.get("devices", ()):
                status = item.get("status") if isinstance(item, Mapping) else None
                if isinstance(status, Mapping) and status.get("name") in _NAMES:
                    yield _Seen(at, item["name"], status["name"], status.get("reason"))
    for job in contents.timelines.values():
        if job.dialect == "platform" and job.ran is not None:
            at = job.start + timedelta(seconds=job.ran)
            yield _Seen(at, str(job.body.get("backend")), "online")


_NAMES = ("online", "paused", "offline")


def _told(at: datetime, device: str, body: Mapping[str, Any]) -> _Seen:
    """What a device's status says; between paused and offline only its reason tells."""
    if body.get("state"):
        return _Seen(at, device, "online")
    reason = str(body.get("status") or "")
    status = "offline" if reason == "offline" else "paused"
    return _Seen(at, device, status, reason or None, body.get("message"))
