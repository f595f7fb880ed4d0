"""The classic IBM Quantum API of 2021 to 2024."""

from __future__ import annotations

from dryshot_client.legacy.runtime import AUTH_URL, RUNTIME_URL, AsyncLegacyRuntime, LegacyRuntime

__all__ = ["AUTH_URL", "RUNTIME_URL", "AsyncLegacyRuntime", "LegacyRuntime"]
