"""A state file as JSON, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any

from dryshot.server.log import Log
from dryshot.server.opening import Contents
from dryshot.server.records import Record, StateError, Stored

__all__ = ["FORM", "export_state", "import_state"]

FORM = 1
_NAME = "dryshot_state"


def export_state(path: str | PathLike[str]) -> dict[str, Any]:
    """All that a state file holds, as a JSON value; ``StateError`` if it cannot be used.

    There is no API key in it and no token, for there is none in the file.
    """
    source = Path(path)
    if not source.exists():
        raise StateError(f"{source} does not exist")
    with closing(Log(source, {})) as log:
        names = {one.key: one.name for one in log.contents.tenants.values()}
        return {
            _NAME: FORM,
            "meta": dict(log.contents.meta),
            "tenants": [
                {"name": one.name, "genesis": json.loads(one.genesis)}
                for one in log.contents.tenants.values()
            ],
            "records": [
                {"tenant": names[key], "kind": record.kind, "at": record.at, **_shown(record.data)}
                for _, key, record in log.records()
            ],
        }


def import_state(value: Any, path: str | PathLike[str]) -> None:
    """Make a state file of what :func:`export_state` gave.

    ``StateError`` if the value is not of that form, or the file exists; nothing is made then.
    """
    target = Path(path)
    if target.exists():
        raise StateError(f"{target} exists already, and was left as it is")
    meta, tenants, records = _read(value)
    made = target.with_name(f"{target.name}.import")
    leftovers = [made, *(made.with_name(made.name + end) for end in ("-wal", ".lock"))]
    try:
        with closing(Log(made, meta)) as log:
            for name, record in records:
                log.append(tenants[name], record)
        with closing(Log(made, meta, accept=lambda found: _check(found, tenants))):
            pass
        made.rename(target)
    except OSError as error:
        raise StateError(f"{target} cannot be made: {error}") from error
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def _check(found: Contents, tenants: Mapping[str, Stored]) -> None:
    if {one.name: one.seal for one in found.tenants.values()} != {
        name: one.seal for name, one in tenants.items()
    }:
        raise StateError("the file that was made is not what was to be")


def _read(value: Any) -> tuple[dict[str, str], dict[str, Stored], list[tuple[str, Record]]]:
    """What the value says; the contract of a state is checked again when it is lived through."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]

    found = value.get(_NAME, FORM) if isinstance(value, dict) else FORM
    if found != FORM:
        raise StateError(f"this is of form {found!r}, and this dryshot knows form {FORM} only")
    for error in Draft202012Validator(_SCHEMA).iter_errors(value):
        where = "/".join(map(str, error.absolute_path)) or "the whole"
        raise StateError(f"this is no exported state: {where} does not fit {error.validator}")
    try:
        bytes.fromhex(value["meta"]["salt"])
        json.loads(value["meta"]["settings"])
    except ValueError as error:
        raise StateError(f"this is no exported state: meta: {error}") from error
    tenants = {
        one["name"]: Stored(one["name"], json.dumps(one["genesis"], separators=(",", ":")))
        for one in value["tenants"]
    }
    used = {one["tenant"] for one in value["records"]}
    if used != tenants.keys() or len(tenants) != len(value["tenants"]):
        raise StateError("this is no exported state: its records and its tenants do not fit")
    return value["meta"], tenants, [(one["tenant"], _record(one)) for one in value["records"]]


def _shown(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _record(one: Mapping[str, Any]) -> Record:
    try:
        text = one.get("text")
        data = base64.b64decode(one["base64"], validate=True) if text is None else text.encode()
        if not isinstance(json.loads(data.partition(b"\n")[0]), dict | list):
            raise ValueError("its first line is no object")  # noqa: TRY004 - a bad value
    except ValueError as error:
        raise StateError(
            f"this is no exported state: a record of {one['tenant']}: {error}"
        ) from error
    return Record(one["kind"], one["at"], data)


_TEXT = {"type": "string"}
_SCHEMA = {
    "type": "object",
    "required": [_NAME, "meta", "tenants", "records"],
    "additionalProperties": False,
    "properties": {
        _NAME: {"const": FORM},
        "meta": {
            "type": "object",
            "required": ["salt", "born", "settings", "writer"],
            "additionalProperties": False,
            "properties": dict.fromkeys(("salt", "settings", "writer"), _TEXT)
            | {"born": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$"}},
        },
        "tenants": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "genesis"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "pattern": "^t-[0-9a-f]{10}$"},
                    "genesis": {
                        "type": "object",
                        "required": ["seed", "start", "accounts", "declared"],
                        "additionalProperties": False,
                        "properties": {
                            "seed": {"type": "integer"},
                            "start": {"type": "integer"},
                            "declared": {"type": "boolean"},
                            "accounts": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "object",
                                    "required": ["api_token", "id", "account_id", "user_id"],
                                    "additionalProperties": _TEXT,
                                },
                            },
                        },
                    },
                },
            },
        },
        "records": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tenant", "kind", "at"],
                "additionalProperties": False,
                "oneOf": [{"required": ["text"]}, {"required": ["base64"]}],
                "properties": {
                    "tenant": _TEXT,
                    "kind": {"enum": ["request", "end", "clock", "faults", "condition"]},
                    "at": {"type": "integer"},
                    "text": _TEXT,
                    "base64": _TEXT,
                },
            },
        },
    },
}
