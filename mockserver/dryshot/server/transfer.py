"""A state file as JSON, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from dryshot.server.keyring import name_of
from dryshot.server.log import Log
from dryshot.server.opening import Contents
from dryshot.server.past import Past
from dryshot.server.records import BadState, Record, StateError, Stored

__all__ = ["FORM", "export_state", "import_state", "read_state", "write_copy"]

FORM = 1
_NAME = "dryshot_state"


def export_state(path: str | PathLike[str]) -> dict[str, Any]:
    """All that a state file holds, as a JSON value; ``StateError`` if it cannot be used.

    There is no API key in it and no token, for there is none in the file.
    """
    with closing(_opened(Path(path))) as log:
        return {**_head(log), "records": list(_records(log))}


def write_copy(copy_to: Callable[[Path], None], out: IO[bytes]) -> None:
    """The same as text, of a state file of which there is but a way to copy it.

    Only one record at a time is in memory.
    """
    with TemporaryDirectory(prefix="dryshot-") as folder:
        copy = Path(folder, "copy")
        copy_to(copy)
        with closing(_opened(copy)) as log:
            head = json.dumps(_head(log), indent=1)
            out.write(head.removesuffix("\n}").encode() + b',\n "records": [')
            for place, record in enumerate(_records(log)):
                out.write(b",\n  " if place else b"\n  ")
                out.write(json.dumps(record).encode())
            out.write(b"\n ]\n}\n")


def read_state(value: Any) -> Past:
    """What :func:`export_state` gave, as a past; ``BadState`` if it is not of that form.

    What its records say comes to light when they are lived through.
    """
    from jsonschema_rs import validator_for

    found = value.get(_NAME, FORM) if isinstance(value, dict) else FORM
    if found != FORM:
        raise BadState(_NAME, f"this is of form {found!r}, and this dryshot knows form {FORM} only")
    schema = json.loads(files("dryshot.server").joinpath("state.schema.json").read_text())
    try:
        error = next(validator_for(schema).iter_errors(value), None)
    except UnicodeEncodeError as surrogate:
        raise _bad("", f"has text that is none: {surrogate.reason}") from surrogate
    if error is not None:
        raise _bad(_dotted(error.instance_path), f"does not fit {error.schema_path[-1]}")
    meta = value["meta"]
    try:
        json.loads(meta["settings"]).keys()
    except (ValueError, AttributeError) as error:
        raise _bad("meta.settings", f"is no JSON object: {error}") from error
    past = Past("this state", meta, _tenants(value), tuple)
    try:
        past.born.timestamp()
    except (ValueError, OverflowError) as error:
        raise _bad("meta.born", f"is no instant: {error}") from error
    records = [
        (place, one["tenant"], _record(f"records[{place}]", one))
        for place, one in enumerate(value["records"])
    ]
    used = {name for _, name, _ in records}
    if used != {one.name for one in past.tenants}:
        raise _bad("records", "and the tenants do not fit")
    return Past(past.source, past.meta, past.tenants, lambda: records)


def import_state(value: Any, path: str | PathLike[str]) -> None:
    """Make a state file of what :func:`export_state` gave.

    ``StateError`` if the value is not of that form, or the file exists; nothing is made then.
    """
    target = Path(path)
    if target.exists():
        raise StateError(f"{target} exists already, and was left as it is")
    past = read_state(value)
    tenants = {one.name: one for one in past.tenants}
    made = target.with_name(f"{target.name}.import")
    leftovers = [made, *(made.with_name(made.name + end) for end in ("-wal", ".lock"))]
    try:
        with closing(Log(made, past.meta)) as log:
            for _, name, record in past.records():
                log.append(tenants[name], record)
        with closing(Log(made, past.meta, accept=lambda found: _check(found, tenants))):
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


def _opened(path: Path) -> Log:
    if not path.exists():
        raise StateError(f"{path} does not exist")
    return Log(path, {})


def _head(log: Log) -> dict[str, Any]:
    return {
        _NAME: FORM,
        "meta": dict(log.contents.meta),
        "tenants": [
            {"name": one.name, "genesis": json.loads(one.genesis)}
            for one in log.contents.tenants.values()
        ],
    }


def _records(log: Log) -> Iterator[dict[str, Any]]:
    names = {one.key: one.name for one in log.contents.tenants.values()}
    for _, key, record in log.records():
        shown = _shown(record.data)
        yield {"tenant": names[key], "kind": record.kind, "at": record.at, **shown}


def _bad(field: str, what: str) -> BadState:
    return BadState(field, f"this is no exported state: {field or 'the whole'} {what}")


def _dotted(path: list[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]


def _tenants(value: Mapping[str, Any]) -> list[Stored]:
    """The tenants, each named for its first account, as worlds are."""
    found: dict[str, Stored] = {}
    for place, one in enumerate(value["tenants"]):
        name, genesis = one["name"], one["genesis"]
        if name in found:
            raise _bad(f"tenants[{place}].name", "stands twice")
        if name != name_of(genesis["accounts"][0]["api_token"]):
            raise _bad(f"tenants[{place}].name", "is not the name of its first account")
        found[name] = Stored(name, json.dumps(genesis, separators=(",", ":")))
    return list(found.values())


def _shown(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _record(field: str, one: Mapping[str, Any]) -> Record:
    try:
        text = one.get("text")
        data = base64.b64decode(one["base64"], validate=True) if text is None else text.encode()
        if not isinstance(json.loads(data.partition(b"\n")[0]), dict | list):
            raise ValueError("its first line is no object")  # noqa: TRY004 - a bad value
    except (ValueError, RecursionError) as error:
        raise _bad(field, f"of {one['tenant']}: {error}") from error
    return Record(one["kind"], int(one["at"]), data)
