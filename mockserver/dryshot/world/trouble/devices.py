"""Trouble with backends: how they are doing, whether they are there, how well they are."""

from __future__ import annotations

from typing import Literal

from dryshot.world.backends import Backend
from dryshot.world.devices.recalibration import recalibrated
from dryshot.world.platform.machines import Condition, Crowd, Outage, Status
from dryshot.world.trouble.arguments import BadTrouble
from dryshot.world.trouble.incident import Effect, Incident, When
from dryshot.world.trouble.room import Room, incident, lasting

__all__ = ["DeviceTrouble"]


class DeviceTrouble(Room):
    """Each concerns one backend of the world, in both APIs.

    ``start`` and ``end`` are instants, or seconds from now. What waits for a backend goes on when
    it is well again.
    """

    @incident
    def pause(
        self,
        backend: str,
        reason: str = "maintenance",
        message: str | None = None,
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """It takes jobs and runs none; its status is ``reason``, with ``message`` or the same.

        The service is known to say "maintenance"; one that is "internal" still says that it works.
        """
        if not reason:
            raise BadTrouble("pause.reason", "it is empty")
        return self._outage("pause", backend, "paused", reason, message, start, end)

    @incident
    def take_offline(
        self,
        backend: str,
        reason: str = "offline",
        message: str | None = None,
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """It is offline, and as for the rest as if paused."""
        if not reason:
            raise BadTrouble("take_offline.reason", "it is empty")
        return self._outage("take_offline", backend, "offline", reason, message, start, end)

    @incident
    def remove_backend(
        self, backend: str, *, start: When | None = None, end: When | None = None
    ) -> Incident:
        """No list has it, its calls answer 404, submissions are refused, its jobs stay queued."""
        if backend not in self.world.backends:
            raise BadTrouble("remove_backend.backend", f"there is no backend {backend!r}")
        runner = self.world.runner
        return self.open(lasting(self.world.removed, backend, then=runner.wake), start, end)

    @incident
    def recalibrate(
        self,
        backend: str,
        *,
        drift: float = 0.1,
        seed: int = 0,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """It is calibrated anew: values move by about ``drift`` (0.1 is 10 %), dates are now's.

        Its configuration stays, and so do lengths of gates. ``updated_before`` finds the earlier
        data. When the incident is over, they are those of the device again.
        """
        if not 0 < drift <= 1:
            raise BadTrouble("recalibrate.drift", f"{drift} is not above 0 and at most 1")
        device = self.world.backends.get(backend)
        if device is None or not device.properties:
            raise BadTrouble("recalibrate.backend", f"{backend!r} is not a device with properties")
        made: list[Backend] = []

        def begin() -> None:
            machines, now = self.world.platform.machines, self.world.clock.now()
            made.append(recalibrated(self.world.backends[backend], now, drift, seed))
            machines.replace(made[0])

        return self.open(Effect(begin=begin, undo=lambda: self._forget(made[0])), start, end)

    @incident
    def crowd(
        self,
        backend: str,
        length: int,
        per_minute: float = 0.0,
        *,
        start: When | None = None,
        end: When | None = None,
    ) -> Incident:
        """Jobs of other people wait for it: ``length``, and ``per_minute`` more (or fewer).

        They are counted only, before those of this world; they do not hold them up.
        """
        self.backend_named("crowd.backend", backend)
        if length < 0:
            raise BadTrouble("crowd.length", f"{length} is below 0")
        crowds, made = self.world.platform.machines.crowds, list[Crowd]()

        def begin() -> None:
            made.append(Crowd(backend, length, per_minute, self.world.clock.now()))
            crowds.append(made[0])

        return self.open(Effect(begin=begin, undo=lambda: crowds.remove(made[0])), start, end)

    def _outage(
        self,
        name: Literal["pause", "take_offline"],
        backend: str,
        status: Status,
        reason: str,
        message: str | None,
        start: When | None,
        end: When | None,
    ) -> Incident:
        self.backend_named(f"{name}.backend", backend)
        condition = Condition(status, reason, reason if message is None else message)
        outages, runner = self.world.platform.machines.outages, self.world.runner
        return self.open(lasting(outages, Outage(backend, condition), then=runner.wake), start, end)

    def _forget(self, made: Backend) -> None:
        """Take one calibration out of a device's history; later ones stay, as they are."""
        later = self.world.backends[made.name]
        if later is made and made.previous is not None:
            self.world.platform.machines.replace(made.previous)
            return
        while later.previous is not None and later.previous is not made:
            later = later.previous
        later.previous = made.previous
