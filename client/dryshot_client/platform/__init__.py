"""Today's platform: the IBM Quantum Compute API."""

from __future__ import annotations

__all__: list[str] = []
