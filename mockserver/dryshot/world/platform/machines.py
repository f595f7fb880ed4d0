"""The devices that instances may use: which, in what condition, and how long their queues are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast, get_args

from dryshot.errors import NotFound, PermissionDenied
from dryshot.world.backends import Backend, BackendData
from dryshot.world.instances import ServiceInstance
from dryshot.world.limits import Limits
from dryshot.world.runner import Runner

__all__ = ["Condition", "Crowd", "Machines", "Outage", "Status"]

Status = Literal["online", "paused", "offline"]

_REASONS = {"online": "available", "paused": "maintenance", "offline": "offline"}


@dataclass(frozen=True, slots=True)
class Condition:
    """How a device is doing. ``others`` counts jobs that wait for it and are not of this world."""

    status: Status = "online"
    reason: str = "available"
    message: str = ""
    others: int = 0

    @property
    def operational(self) -> bool:
        """Whether it takes jobs, though maybe it runs none: such a one is internal."""
        return self.status == "online" or self.reason == "internal"

    @property
    def word(self) -> str:
        """What its status call says."""
        return "active" if self.status == "online" else self.reason

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise ValueError(f"status {self.status!r} is none of {', '.join(get_args(Status))}")
        if self.others < 0:
            raise ValueError(f"{self.others} jobs cannot wait")


_USUAL = Condition()


@dataclass(frozen=True, slots=True)
class Outage:
    """A condition of one device that lasts for a while, before any that was set for good."""

    backend: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Crowd:
    """Jobs of other people: ``length`` of them at ``since``, and more or fewer in each minute."""

    backend: str
    length: int
    per_minute: float
    since: datetime

    def count(self, now: datetime) -> int:
        """How many there are now."""
        passed = (now - self.since).total_seconds() / 60
        return max(0, int(self.length + self.per_minute * passed))


class Machines:
    """Devices, the mock devices made from them, and the condition of each.

    The last of ``outages`` and of ``crowds`` that are a device's says how it is doing. What is
    ``removed`` is not there.
    """

    def __init__(
        self,
        backends: dict[str, Backend],
        runner: Runner,
        limits: Limits,
        removed: Sequence[str] = (),
    ) -> None:
        self._limits = limits
        self._backends = backends
        self._runner = runner
        self._mocks: dict[str, Backend] = {}
        self._conditions: dict[str, Condition] = {}
        self._removed = removed
        self.outages: list[Outage] = []
        self.crowds: list[Crowd] = []

    def of(self, instance: ServiceInstance, *, mocks: bool) -> list[Backend]:
        """The instance's devices, and then its mock devices if wanted and in its plan."""
        devices = [self._backends[name] for name in instance.backends if name in self._backends]
        if not instance.backends:
            devices = [backend for backend in self._backends.values() if not backend.simulator]
        if self._removed:
            devices = [device for device in devices if device.name not in self._removed]
        if not (mocks and instance.plan.mocks):
            return devices
        made = {mock.name: mock for mock in map(self._mock_of, devices)}
        return [*devices, *made.values()]

    def get(self, instance: ServiceInstance, name: str) -> Backend:
        """One of the instance's devices or mock devices; ``NotFound`` if it has none such."""
        device = self._backends.get(name)
        if device is not None and name not in self._removed:
            own = instance.backends
            if name in own if own else not device.simulator:
                return device
        for backend in self.of(instance, mocks=True):
            if backend.name == name:
                return backend
        raise NotFound("backend", name)

    def check_calibration(self, instance: ServiceInstance, calibration_id: str | None) -> None:
        """``PermissionDenied`` if the plan allows no calibration but the usual one."""
        if calibration_id is not None and not self._limits.plan(instance.plan).calibrations:
            plan = instance.plan.name
            raise PermissionDenied(f"custom calibrations are not allowed on the {plan} plan")

    def condition(self, name: str) -> Condition:
        """How a device is doing; online unless something was said."""
        condition = self._conditions.get(name, _USUAL)
        for outage in self.outages:
            if outage.backend == name:
                condition = replace(outage.condition, others=condition.others)
        return condition

    def names(self, name: str) -> bool:
        """Whether there is a device or mock device of that name, though it may be removed now."""
        return name in self._backends or name in map(_mock_name, self._backends)

    def waits(self, name: str) -> bool:
        """Whether the device starts no jobs now."""
        return name in self._removed or self.condition(name).status != "online"

    def replace(self, backend: Backend) -> None:
        """Let this be the device of its name, and make its mock device anew."""
        self._backends[backend.name] = backend
        self._mocks.pop(_mock_name(backend.name), None)

    def set_condition(
        self, name: str, status: str, reason: str | None, message: str | None, others: int
    ) -> None:
        """Say how a device is doing; what waited for it to be online goes on."""
        if not self.names(name):
            raise NotFound("backend", name)
        reason = _REASONS.get(status, "") if reason is None else reason
        if message is None:
            message = "" if status == "online" else reason
        self._conditions[name] = Condition(cast("Status", status), reason, message, others)
        self._runner.wake()

    def queue_length(self, name: str) -> int:
        """How many jobs wait for a device, those of others included."""
        others = self.condition(name).others
        for crowd in self.crowds:
            if crowd.backend == name:
                others = crowd.count(self._runner.clock.now())
        return self._runner.queue_length(name) + others

    def _mock_of(self, device: Backend) -> Backend:
        name = _mock_name(device.name)
        mock = self._mocks.get(name)
        if mock is None:

            def load() -> BackendData:
                return BackendData(
                    configuration={**device.configuration, "backend_name": name},
                    properties=device.properties and {**device.properties, "backend_name": name},
                    defaults=device.defaults,
                )

            mock = Backend(name, simulator=device.simulator, load=load, mock=True)
            self._mocks[name] = mock
        return mock


def _mock_name(name: str) -> str:
    """The name of a device's mock: ``ibm_fez`` has ``mock_fez``."""
    return f"mock_{name.partition('_')[2] or name}"
