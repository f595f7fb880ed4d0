"""Today's platform: the IBM Quantum Compute API."""

from __future__ import annotations

from dryshot_client.platform.runtime import AsyncRuntime, Runtime

__all__ = ["AsyncRuntime", "Runtime"]
