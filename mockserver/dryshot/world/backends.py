"""A backend as the world knows it: a name, and documents that are made when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

__all__ = ["Backend", "BackendData"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BackendData:
    """The three JSON documents of a backend, in IBM's wire form and units.

    ``properties`` and ``defaults`` are empty for a simulator.
    """

    configuration: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


class Backend:
    """A device or simulator; ``load`` makes its documents at the first use, once.

    ``previous`` is what it was before it was calibrated anew. ``mock`` marks the platform's own
    stand-in for a device, on which a job costs nothing. ``pulses`` makes the pulse defaults, when
    they are first asked for, from the properties; without it they are in the data.
    Its changing condition (paused, queue length) belongs to the world, not to it.
    """

    def __init__(
        self,
        name: str,
        *,
        simulator: bool,
        load: Callable[[], BackendData],
        mock: bool = False,
        previous: Backend | None = None,
        pulses: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    ) -> None:
        self.name = name
        self.simulator = simulator
        self.mock = mock
        self.previous = previous
        self.pulses = pulses
        self._load: Callable[[], BackendData] | None = load
        self._told: dict[Any, Any] = {}

    def __repr__(self) -> str:
        kind = "simulator" if self.simulator else "device"
        return f"<Backend {self.name}: {kind}>"

    @cached_property
    def data(self) -> BackendData:
        """The documents, made now if they were not yet."""
        if self._load is None:  # pragma: no cover - an unpickled backend has its data
            raise RuntimeError(f"{self.name} was unpickled without its data")
        return self._load()

    def told(self, summary: Callable[[Backend], T]) -> T:
        """What a function makes of the documents, which do not change; asked once."""
        if summary not in self._told:
            self._told[summary] = summary(self)
        found: T = self._told[summary]
        return found

    @property
    def num_qubits(self) -> int:
        """How many qubits it has."""
        return int(self.configuration["n_qubits"])

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Qiskit's backend configuration as JSON: dt in ns, rep_delay in µs, ranges in GHz."""
        return self.data.configuration

    @property
    def properties(self) -> Mapping[str, Any]:
        """Calibration data as JSON, each with name, unit, value and date; empty for a simulator."""
        return self.data.properties

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Pulse defaults as JSON; empty for a simulator."""
        return self.told(_defaults)

    def properties_before(self, instant: datetime | None, *, included: bool) -> Mapping[str, Any]:
        """The newest calibration data from before ``instant``, None is now; empty if none is."""
        backend: Backend | None = self
        while backend is not None:
            properties = backend.properties
            if instant is None or not properties:
                return properties
            calibrated = datetime.fromisoformat(properties["last_update_date"])
            if calibrated < instant or (included and calibrated == instant):
                return properties
            backend = backend.previous
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "data": self.data, "_load": None, "previous": None, "_told": {}}


def _defaults(backend: Backend) -> Mapping[str, Any]:
    pulses = backend.pulses
    return backend.data.defaults if pulses is None else pulses(backend.properties)
