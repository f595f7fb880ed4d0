"""Values out of a file, each of which knows its place, so that what is wrong can be named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dryshot.recording.problems import Misfit, Path

__all__ = ["Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its place; whatever is asked of it that it is not raises ``Misfit``."""

    value: Any
    path: Path = ()

    def __getitem__(self, key: str) -> Field:
        field = self.get(key)
        if field is None:
            raise Misfit(self.path, f"{key!r} is missing")
        return field

    def get(self, key: str) -> Field | None:
        """What is at ``key`` of a mapping; None if nothing is, or null."""
        value = self.mapping().get(key)
        return None if value is None else Field(value, (*self.path, key))

    def mapping(self) -> Mapping[Any, Any]:
        """A mapping."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("a mapping")
        return self.value

    def entries(self) -> Iterator[tuple[str, Field]]:
        """The names and values of a mapping; names are text."""
        for key, value in self.mapping().items():
            yield str(key), Field(value, (*self.path, str(key)))

    def items(self) -> list[Field]:
        """The items of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.wrong("a list")
        return [Field(value, (*self.path, index)) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """Text."""
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return self.value

    def integer(self) -> int:
        """A whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def number(self) -> float:
        """A number, not below 0."""
        value = self.value
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= 0:
            raise self.wrong("a number, 0 or more")
        return float(value)

    def instant(self) -> datetime:
        """An ISO 8601 instant with an offset, as text or as YAML reads one that is not quoted."""
        value = self.value
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(self.text())
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            raise Misfit(self.path, "should be an ISO 8601 instant with an offset")
        return instant

    def wrong(self, wanted: str) -> Misfit:
        """The error for a value that should be something else."""
        return Misfit(self.path, f"should be {wanted}, and is {type(self.value).__name__}")
