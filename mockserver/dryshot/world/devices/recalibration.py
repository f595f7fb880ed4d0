"""A device that was calibrated again: the same device, other values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from dryshot.clock import isoformat
from dryshot.world.backends import Backend, BackendData
from dryshot.world.ids import stream

__all__ = ["recalibrated"]

_DRIFTING = frozenset(
    {"T1", "T2", "readout_error", "prob_meas0_prep1", "prob_meas1_prep0", "gate_error"}
)
_PROBABILITIES = _DRIFTING - {"T1", "T2"}


def recalibrated(backend: Backend, now: datetime, drift: float, seed: int) -> Backend:
    """``backend`` with values that moved by about ``drift`` of themselves, dated ``now``.

    The same ``seed``, instant and backend give the same values. What is exact (an error of 0) or
    dead (of 1) stays so, T2 is never above twice T1.
    """
    draw = stream(seed, "recalibration", backend.name, isoformat(now))

    def load() -> BackendData:
        old = backend.data
        properties = _drifted(old.properties, now, drift, draw)
        return BackendData(old.configuration, properties, old.defaults)

    return Backend(
        backend.name,
        simulator=False,
        load=load,
        mock=backend.mock,
        previous=backend,
        pulses=backend.pulses,
    )


def _drifted(
    properties: Mapping[str, Any], now: datetime, drift: float, draw: Random
) -> dict[str, Any]:
    date = isoformat(now, "seconds")
    return {
        **properties,
        "last_update_date": date,
        "qubits": [
            _consistent([_item(item, date, drift, draw) for item in items])
            for items in properties["qubits"]
        ],
        "gates": [
            {
                **gate,
                "parameters": [_item(item, date, drift, draw) for item in gate["parameters"]],
            }
            for gate in properties["gates"]
        ],
    }


def _item(item: Mapping[str, Any], date: str, drift: float, draw: Random) -> dict[str, Any]:
    name, value = item["name"], item["value"]
    if name in _DRIFTING:
        moved = float(f"{value * draw.lognormvariate(0.0, drift):.6g}")
        certain = name in _PROBABILITIES and value in {0, 1}
        value = value if certain else min(moved, 0.999) if name in _PROBABILITIES else moved
    return {**item, "value": value, "date": date}


def _consistent(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A qubit's values as they must be to one another."""
    named = {item["name"]: item for item in items}
    if {"T1", "T2"} <= named.keys():
        named["T2"]["value"] = min(named["T2"]["value"], 2 * named["T1"]["value"])
    if {"readout_error", "prob_meas0_prep1", "prob_meas1_prep0"} <= named.keys():
        both = named["prob_meas0_prep1"]["value"] + named["prob_meas1_prep0"]["value"]
        named["readout_error"]["value"] = round(both / 2, 6)
    return items
