"""Scenarios read from YAML and from values; whatever is wrong is told with file, line and key."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from inspect import unwrap
from pathlib import Path
from typing import Any

from dryshot.clock import isoformat
from dryshot.faults import EFFECTS, BadFault, Fault, Where
from dryshot.scenarios.scenario import Scenario, Step
from dryshot.world.declaration import Declaration, load, read, read_part
from dryshot.world.era import DeclaredEra
from dryshot.world.forms import check_form
from dryshot.world.limits import Limits
from dryshot.world.paces import UsualPace
from dryshot.world.places import Places
from dryshot.world.trouble import TROUBLES, BadTrouble, schema_of
from dryshot.world.trouble.arguments import check

__all__ = ["read_file", "read_value", "schema"]


def read_file(path: Path) -> Scenario:
    """A scenario from a YAML or JSON file; ``DeclarationError`` says where it is wrong."""
    value, places = load(path)
    return read_value(value, path.stem, places=places, folder=path.parent)


def read_value(
    value: Any, name: str, *, places: Places | None = None, folder: Path | None = None
) -> Scenario:
    """A scenario from the value that a file would hold.

    Without a ``folder`` the value may name no file.
    """
    places = places or Places()
    check_form(value, _base(), places)
    pace = value.get("pace")
    faults = [_plain(one) for one in value.get("faults", ())]
    for index, fault in enumerate(faults):
        _check_fault(fault, places.part("faults", index))
    return Scenario(
        name,
        " ".join(value.get("description", "").split()),
        _declaration(value, places, folder),
        _limits(value.get("limits", {}), places.part("limits")),
        None if pace is None else UsualPace(**pace),
        tuple(_plain(one) for one in value.get("jobs", ())),
        value.get("clear", False),
        tuple(faults),
        tuple(
            _step(one, places.part("trouble", index))
            for index, one in enumerate(value.get("trouble", ()))
        ),
    )


@cache
def _base() -> Mapping[str, Any]:
    text = files("dryshot.scenarios").joinpath("scenario.schema.json").read_text("utf-8")
    value: dict[str, Any] = json.loads(text)
    value["$defs"]["fault"]["properties"]["kind"]["enum"] = list(EFFECTS)
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario, which editors may use: with the arguments of every trouble.

    What a world declares has the schema of :func:`dryshot.world.declaration.schema`.
    """
    value: dict[str, Any] = json.loads(json.dumps(_base()))
    kinds = value["$defs"]
    kinds["trouble"]["properties"]["name"]["enum"] = list(TROUBLES)
    kinds["trouble"]["allOf"] = [
        {
            "if": {"properties": {"name": {"const": name}}, "required": ["name"]},
            "then": {"properties": {"arguments": schema_of(name)}} | _needed(name),
        }
        for name in TROUBLES
    ]
    where = list(Where.__annotations__)
    kinds["fault"]["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {
                "propertyNames": {"enum": ["kind", *where, *effect.names()]},
                "required": effect.needed(),
            },
        }
        for kind, effect in EFFECTS.items()
    ]
    return value


def _needed(name: str) -> dict[str, Any]:
    return {"required": ["arguments"]} if schema_of(name)["required"] else {}


def _declaration(value: Mapping[str, Any], places: Places, folder: Path | None) -> Declaration:
    era = DeclaredEra(value["era"], places) if "era" in value else None
    return _world(value.get("world", {}), places, folder) + Declaration(era=era)


def _world(value: Any, places: Places, folder: Path | None) -> Declaration:
    if isinstance(value, str):
        if folder is None:
            raise places.error(("world",), "is a path; only a file may name another file")
        return read(folder / value)
    return read_part(value, places.part("world"), Path() if folder is None else folder)


def _limits(value: Mapping[str, Any], places: Places) -> Mapping[str, Any]:
    for name in value:
        try:
            Limits.of({name: value[name]})
        except ValueError as error:
            raise places.error((name,), str(error)) from error
    return value


def _check_fault(value: Mapping[str, Any], places: Places) -> None:
    try:
        Fault.from_json(value)
    except BadFault as error:
        raise places.error(_steps(error.field, value), str(error)) from error


def _step(value: Mapping[str, Any], places: Places) -> Step:
    name, arguments = value["name"], _plain(value.get("arguments", {}))
    step = Step(name, arguments, value.get("at"), value.get("until"))
    for given, argument in (("at", "start"), ("until", "end")):
        if given in value and argument in arguments:
            raise places.error((given,), f"is given, and the argument {argument} as well")
    if name not in TROUBLES:
        near = difflib.get_close_matches(name, TROUBLES, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(TROUBLES)}"
        raise places.error(("name",), f"there is no trouble {name!r}; {hint}")
    try:
        check(unwrap(TROUBLES[name]), step.given)
    except BadTrouble as error:
        key = error.field.partition(".")[2]
        word = {"start": "at", "end": "until"}.get(key)
        path = ("arguments", key) if word is None or word not in value else (word,)
        raise places.error(path, str(error).removeprefix(f"{error.field}: ")) from error
    if step.until is not None and step.until <= (step.at or 0):
        raise places.error(("until",), f"{step.until} is not after {step.at or 0}")
    return step


def _steps(field: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    head, _, rest = field.partition(".")
    if head not in value:
        return ()
    return (head, rest) if rest else (head,)


def _plain(value: Any) -> Any:
    """YAML's instants as text, as JSON has them."""
    if isinstance(value, datetime):
        return isoformat(value) if value.tzinfo else value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
