"""What is wrong with a recording, or with a file that should be one."""

from __future__ import annotations

from dryshot.errors import DryshotError

__all__ = ["CassetteError", "Misfit", "dotted"]

Path = tuple[str | int, ...]


class CassetteError(DryshotError):
    """A cassette cannot be read, or may not be written; the text never shows a recorded value."""


class Misfit(CassetteError):
    """A value is not what its place wants; ``path`` is the place, as keys and indices."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{dotted(path)}: {why}" if path else why)
        self.path = path


def dotted(path: Path) -> str:
    """A place as it is told: ``interactions[3].request.uri``."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".")
