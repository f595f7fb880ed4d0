"""The OpenAPI documents, as the page links to them: those of the services, and the admin API's."""

from __future__ import annotations

from importlib import resources

__all__ = ["names", "read"]


def names() -> list[str]:
    """The documents of the services that are stood in for."""
    folder = resources.files("dryshot") / "specs"
    found = (file.name for file in folder.iterdir())
    return sorted(name.removesuffix(".json") for name in found if name.endswith(".json"))


def read(name: str) -> bytes | None:
    """One document, None if there is none of that name; ``admin`` is the admin API's."""
    if name == "admin":
        return (resources.files(__package__) / "openapi.json").read_bytes()
    if name not in names():
        return None
    return (resources.files("dryshot") / "specs" / f"{name}.json").read_bytes()
