"""The classic IBM Quantum auth and runtime APIs of 2022 to 2024."""

from __future__ import annotations

from dryshot.dialects.legacy.auth import AuthDialect
from dryshot.dialects.legacy.runtime import RuntimeDialect

__all__ = ["AuthDialect", "RuntimeDialect"]
