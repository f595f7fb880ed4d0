"""A value held against its JSON Schema; what is wrong is told with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot.world.places import Places

__all__ = ["check_form"]


def check_form(value: Any, schema: Mapping[str, Any], places: Places, *, choice: str = "") -> None:
    """``DeclarationError`` at the most telling fault; ``choice`` are words for a broken ``oneOf``.

    A key that there is not is told by its own line.
    """
    # its stubs are a package of their own
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
    from jsonschema.exceptions import relevance  # type: ignore[import-untyped, unused-ignore]

    errors = list(Draft202012Validator(schema).iter_errors(value))
    if not errors:
        return
    error = max(errors, key=relevance)
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        extra = min(set(error.instance) - set(error.schema["properties"]), key=str)
        raise places.error((*path, extra), "there is no such key")
    if error.validator == "oneOf" and choice:
        raise places.error(path, choice)
    raise places.error(path, error.message)
