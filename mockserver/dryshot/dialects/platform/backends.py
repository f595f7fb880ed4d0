"""Backends of an instance, and the API's versions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from dryshot.contract import Call
from dryshot.dialects.dialect import Json, Reply, to_json
from dryshot.dialects.platform.caller import VERSIONS, Caller, speaks
from dryshot.errors import NotFound
from dryshot.world import Backend, World

__all__ = ["BackendHandlers"]

_MOST_KEPT = 16


class BackendHandlers:
    """One method per operation on backends."""

    world: World
    listings: dict[tuple[Hashable, ...], bytes]
    """The lists of devices that were told lately, by all that they tell of."""

    def get_versions(self, _call: Call, _caller: None) -> Reply:
        """Every version of the API."""
        versions: list[dict[str, str]] = []
        platform = self.world.platform
        gone = {*platform.refused_versions, *platform.forgotten_versions}
        for version, sunset in VERSIONS:
            if version in gone:
                continue
            item = {"version": version, "status": "deprecated" if sunset else "live"}
            versions.append(item | ({"sunset_date": sunset} if sunset else {}))
        return 200, {"versions": versions}

    def list_backends(self, call: Call, caller: Caller) -> Reply:
        """The instance's devices: names alone in the oldest version, else what they are."""
        mocks = call.query.get("include_mocks", False)
        backends = self.world.platform.backends(caller.instance, mocks=mocks)
        if not speaks(call, "2025-01-01"):
            return 200, {"devices": [backend.name for backend in backends]}
        found = tuple((backend, *self._state(backend)) for backend in backends)
        listing = self.listings.get(found)
        if listing is None:
            listing = to_json({"devices": [_device(*one) for one in found]})
            if len(self.listings) >= _MOST_KEPT:
                self.listings.clear()
            self.listings[found] = listing
        return 200, listing

    def get_backend_configuration(self, call: Call, caller: Caller) -> Reply:
        """What the device is."""
        return 200, self._backend(call, caller).configuration

    def get_backend_properties(self, call: Call, caller: Caller) -> Reply:
        """How well it was last calibrated, or before an instant."""
        backend = self._backend(call, caller)
        text = call.query.get("updated_before")
        before = datetime.fromisoformat(text.upper()) if text else None
        return 200, backend.properties_before(before, included=False)

    def get_backend_status(self, call: Call, caller: Caller) -> Reply:
        """Whether it takes jobs, and how many wait."""
        backend = self._backend(call, caller)
        condition = self.world.platform.condition(backend.name)
        return 200, {
            "state": condition.operational,
            "status": condition.word,
            "message": condition.message,
            "length_queue": self.world.platform.queue_length(backend.name),
            "backend_version": backend.configuration["backend_version"]
            if condition.operational
            else "",
        }

    def get_backend_defaults(self, call: Call, caller: Caller) -> Reply:
        """Nothing: the service answers null for every device."""
        self._backend(call, caller)
        return 200, Json("null")

    def _backend(self, call: Call, caller: Caller) -> Backend:
        platform = self.world.platform
        platform.check_calibration(caller.instance, call.query.get("calibration_id"))
        try:
            return platform.backend(caller.instance, call.path["id"])
        except NotFound as error:
            raise NotFound("device", error.name) from error

    def _state(self, backend: Backend) -> tuple[str, str, int]:
        """Status, its reason, and how many jobs wait."""
        platform, name = self.world.platform, backend.name
        condition = platform.condition(name)
        return condition.status, condition.reason, platform.queue_length(name)


def _device(backend: Backend, status: str, reason: str, waiting: int) -> dict[str, Any]:
    configuration = backend.configuration
    device: dict[str, Any] = {
        "name": backend.name,
        "status": {"name": status, "reason": reason},
        "queue_length": waiting,
        "is_simulator": backend.simulator,
        "qubits": configuration["n_qubits"],
        "processor_type": _processor(configuration.get("processor_type")),
        "performance_metrics": backend.told(_performance),
    }
    if backend.mock:
        device["class"] = "mock"
    return device


def _processor(kind: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The processor in words; old devices have a number for a revision."""
    if kind is None:
        return None
    words = {name: kind.get(name) for name in ("family", "revision", "segment")}
    return {name: None if word is None else str(word) for name, word in words.items()}


def _performance(backend: Backend) -> dict[str, Any]:
    """The best and the median error of pairs, and the median of readout, that are calibrated."""
    pairs = [
        (_value(gate["parameters"], "gate_error"), gate["gate"], gate["qubits"])
        for gate in backend.properties.get("gates", ())
        if len(gate["qubits"]) == 2  # noqa: PLR2004 - a pair
    ]
    good = [pair for pair in pairs if pair[0] is not None and pair[0] < 1]
    found: dict[str, Any] = {}
    if good:
        value, gate, qubits = min(good)
        found["two_q_error_best"] = {"value": value, "gate": gate, "unit": "", "qubits": qubits}
        found["two_q_error_median"] = {"value": median(pair[0] for pair in good), "unit": ""}
    readout = [
        value
        for qubit in backend.properties.get("qubits", ())
        if (value := _value(qubit, "readout_error")) is not None
    ]
    if readout:
        found["readout_error_median"] = {"value": median(readout), "unit": ""}
    return found


def _value(items: list[Mapping[str, Any]], name: str) -> Any:
    return next((item["value"] for item in items if item["name"] == name), None)
