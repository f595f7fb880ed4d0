"""A program's options, read key by key; what is not as it should be is a failure that names it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dryshot.engines.failure import ProgramError, Reason

__all__ = ["Section"]


class Section:
    """One object of options; a key that is absent or null has its default."""

    def __init__(self, values: Any, path: str) -> None:
        if values is None:
            values = {}
        if not isinstance(values, Mapping):
            raise ProgramError(f"{path} is not an object", reason=Reason.INCOMPATIBLE)
        self._values = values
        self._path = path

    def section(self, name: str) -> Section:
        """The object below ``name``."""
        return Section(self._values.get(name), f"{self._path}.{name}")

    def raw(self, name: str, default: Any = None) -> Any:
        """Whatever is below ``name``."""
        value = self._values.get(name)
        return default if value is None else value

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            raise self._refusal(name, "true or false")
        return value

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self.raw(name, default)
        if not isinstance(value, str) or value not in allowed:
            raise self._refusal(name, f"one of {', '.join(allowed)}")
        return value

    def count(self, name: str, *, low: int = 1) -> int | None:
        """A whole number, ``None`` if it is left open: absent, or "auto"."""
        value = self.raw(name)
        if value is None or value == "auto":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise self._refusal(name, f"a whole number from {low} on, or auto")
        return value

    def number(self, name: str, *, above: float = 0.0) -> float | None:
        """A number of at least ``above``; ``None`` if it is left open: absent, or "auto"."""
        value = self.raw(name)
        if value is None or value == "auto":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= above:
            raise self._refusal(name, f"a number from {above:g} on")
        return float(value)

    def numbers(self, name: str, *, above: float) -> tuple[float, ...] | None:
        """Several numbers of at least ``above``; ``None`` if they are left open."""
        value = self.raw(name)
        if value is None or value == "auto":
            return None
        good = isinstance(value, list) and all(
            isinstance(item, int | float) and not isinstance(item, bool) and item >= above
            for item in value
        )
        if not good or not value:
            raise self._refusal(name, f"a list of numbers from {above:g} on")
        return tuple(float(item) for item in value)

    def _refusal(self, name: str, wanted: str) -> ProgramError:
        text = f"{self._path}.{name} is {self._values.get(name)!r}, not {wanted}"
        return ProgramError(text, reason=Reason.INCOMPATIBLE)
