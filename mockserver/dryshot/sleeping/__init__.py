"""Sleeping that moves a clock instead of waiting, for the code of one thread or task."""

from __future__ import annotations

from dryshot.sleeping.patch import Movable, PatchedSleep

__all__ = ["Movable", "PatchedSleep"]
