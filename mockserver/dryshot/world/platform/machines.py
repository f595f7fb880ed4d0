"""The devices that instances may use: which, in what condition, and how long their queues are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from dryshot.errors import NotFound, PermissionDenied
from dryshot.world.backends import Backend, BackendData
from dryshot.world.instances import ServiceInstance
from dryshot.world.runner import Runner

__all__ = ["Condition", "Machines", "Status"]

Status = Literal["online", "paused", "offline"]

_REASONS = {"online": "available", "paused": "maintenance", "offline": "offline"}


@dataclass(frozen=True, slots=True)
class Condition:
    """How a device is doing. ``others`` counts jobs that wait for it and are not of this world."""

    status: Status = "online"
    reason: str = "available"
    message: str = ""
    others: int = 0

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise ValueError(f"status {self.status!r} is none of {', '.join(get_args(Status))}")
        if self.others < 0:
            raise ValueError(f"{self.others} jobs cannot wait")


class Machines:
    """Devices, the mock devices made from them, and the condition of each."""

    def __init__(self, backends: Mapping[str, Backend], runner: Runner) -> None:
        self._backends = backends
        self._runner = runner
        self._mocks: dict[str, Backend] = {}
        self._conditions: dict[str, Condition] = {}

    def of(self, instance: ServiceInstance, *, mocks: bool) -> list[Backend]:
        """The instance's devices, and then its mock devices if wanted and in its plan."""
        devices = [self._backends[name] for name in instance.backends if name in self._backends]
        if not instance.backends:
            devices = [backend for backend in self._backends.values() if not backend.simulator]
        if not (mocks and instance.plan.mocks):
            return devices
        made = {mock.name: mock for mock in map(self._mock_of, devices)}
        return [*devices, *made.values()]

    def get(self, instance: ServiceInstance, name: str) -> Backend:
        """One of the instance's devices or mock devices; ``NotFound`` if it has none such."""
        for backend in self.of(instance, mocks=True):
            if backend.name == name:
                return backend
        raise NotFound("backend", name)

    def check_calibration(self, instance: ServiceInstance, calibration_id: str | None) -> None:
        """``PermissionDenied`` if the plan allows no calibration but the usual one."""
        if calibration_id is not None and not instance.plan.calibrations:
            plan = instance.plan.name
            raise PermissionDenied(f"custom calibrations are not allowed on the {plan} plan")

    def condition(self, name: str) -> Condition:
        """How a device is doing; online unless something was said."""
        return self._conditions.get(name, Condition())

    def set_condition(
        self, name: str, status: str, reason: str | None, message: str | None, others: int
    ) -> None:
        """Say how a device is doing; what waited for it to be online goes on."""
        if name not in self._backends and name not in map(_mock_name, self._backends):
            raise NotFound("backend", name)
        reason = _REASONS.get(status, "") if reason is None else reason
        if message is None:
            message = "" if status == "online" else reason
        self._conditions[name] = Condition(cast("Status", status), reason, message, others)
        self._runner.wake()

    def queue_length(self, name: str) -> int:
        """How many jobs wait for a device, those of others included."""
        return self._runner.queue_length(name) + self.condition(name).others

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
