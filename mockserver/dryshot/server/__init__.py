"""Served mode: the mock for any program, in any language."""

from __future__ import annotations

__all__: list[str] = []
