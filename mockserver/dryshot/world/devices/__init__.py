"""Devices and simulators that look real: a lattice, seeded calibrations, and IBM's wire form.

Everything is made at first use: naming a hundred backends costs next to nothing.
"""

from __future__ import annotations

from dryshot.world.devices.catalogue import DEFAULT_INSTANCES, catalogue, listing
from dryshot.world.devices.device import device
from dryshot.world.devices.simulator import simulator
from dryshot.world.devices.snapshots import snapshots

__all__ = ["DEFAULT_INSTANCES", "catalogue", "device", "listing", "simulator", "snapshots"]
