"""A world declared: accounts with their instances, and devices, from a file or from values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from dryshot.world.accounts import Account
from dryshot.world.backends import Backend
from dryshot.world.declared import DeclaredDevice, FromDocuments, FromGenerator, FromSnapshot
from dryshot.world.devices import DEFAULT_INSTANCES, catalogue, snapshots
from dryshot.world.era import DeclaredEra, agreed
from dryshot.world.forms import check_form
from dryshot.world.instances import ServiceInstance, account_id_for
from dryshot.world.places import DeclarationError, Places, parse

__all__ = ["Declaration", "DeclarationError", "load", "read", "read_part", "schema"]

T = TypeVar("T")
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a world starts with, beside what every world knows. Without accounts all may log in."""

    accounts: tuple[Account, ...] = ()
    devices: tuple[DeclaredDevice, ...] = ()
    era: DeclaredEra | None = field(default=None, repr=False)

    def __add__(self, other: Declaration) -> Declaration:
        """Both; of two devices of one name the later counts, and of eras there may be one only."""
        return Declaration(
            (*self.accounts, *other.accounts),
            (*self.devices, *other.devices),
            agreed(self.era, other.era),
        )

    def backends(self, *, seed: int, calibrated: datetime) -> list[Backend]:
        """The devices of a world with this seed; generated ones are calibrated at that instant."""
        return [device.backend(seed=seed, calibrated=calibrated) for device in self.devices]


def schema() -> dict[str, Any]:
    """The JSON Schema of a declaration, which editors may use as well."""
    text = files("dryshot.world").joinpath("world.schema.json").read_text()
    value: dict[str, Any] = json.loads(text)
    return value


def read(source: str | PathLike[str] | Mapping[str, Any]) -> Declaration:
    """A declaration from a YAML or JSON file, or from the value that one would hold.

    ``DeclarationError`` says in which file, on which line and at which key something is wrong.
    Files that it names are sought from its own folder, or from the working directory.
    """
    if isinstance(source, Mapping):
        return read_part(source, Places(), Path())
    path = Path(source)
    value, places = load(path)
    return read_part(value, places, path.parent)


def load(path: Path) -> tuple[Any, Places]:
    """The value of a YAML or JSON file, an empty object if it has none; ``DeclarationError``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"cannot be read: {error}", str(path), None, "") from error
    value, places = parse(text, str(path))
    return {} if value is None else value, places


def read_part(value: Any, places: Places, folder: Path) -> Declaration:
    """A declaration that is a part of something; it seeks its files from ``folder``."""
    return _Reader(places, folder).declaration(value)


class _Reader:
    """Makes values, and says where the fault is when one cannot be made."""

    def __init__(self, places: Places, folder: Path) -> None:
        self._places = places
        self._folder = folder

    def declaration(self, value: Any) -> Declaration:
        self._check(value)
        devices = value.get("devices", ())
        self._check_distinct(devices, "devices", "name")
        made = tuple(self._device(item, ("devices", i)) for i, item in enumerate(devices))
        known = _always_known() | {device.name for device in made}
        accounts = value.get("accounts", ())
        self._check_distinct(accounts, "accounts", "api_key")
        return Declaration(
            tuple(self._account(item, ("accounts", i), known) for i, item in enumerate(accounts)),
            made,
            DeclaredEra(value["era"], self._places) if "era" in value else None,
        )

    def _check(self, value: Any) -> None:
        kinds = "exactly one of snapshot, qubits and configuration"
        check_form(value, schema(), self._places, choice=f"a device has {kinds}")

    def _check_distinct(self, items: list[Any], list_name: str, key: str) -> None:
        seen: dict[str, int] = {}
        for index, item in enumerate(items):
            first = seen.setdefault(item[key], index)
            if first != index:
                message = f"the same as in {list_name}[{first}]"
                raise self._places.error((list_name, index, key), message)

    def _account(self, item: Mapping[str, Any], path: Steps, known: set[str]) -> Account:
        account_id = item.get("account_id") or account_id_for(item["api_key"])
        instances = None
        if "instances" in item:
            self._check_regions(item["instances"], path)
            instances = [
                self._instance(one, account_id, (*path, "instances", index), known)
                for index, one in enumerate(item["instances"])
            ]
        classic = item.get("classic_instances", DEFAULT_INSTANCES)
        for name, backends in item.get("classic_instances", {}).items():
            self._check_known(backends, (*path, "classic_instances", name), known)
        return self._at(
            path,
            lambda: Account(
                item["api_key"],
                instances={name: tuple(backends) for name, backends in classic.items()},
                service_instances=instances,
                account_id=account_id,
                user_id=item.get("user_id", ""),
            ),
        )

    def _check_regions(self, instances: list[Any], path: Steps) -> None:
        seen = set()
        for index, one in enumerate(instances):
            key = one["name"], one.get("region", "us-east")
            if key in seen:
                message = f"the account has another instance {key[0]!r} in {key[1]}"
                raise self._places.error((*path, "instances", index, "name"), message)
            seen.add(key)

    def _instance(
        self, item: Mapping[str, Any], account_id: str, path: Steps, known: set[str]
    ) -> ServiceInstance:
        self._check_known(item.get("backends", ()), (*path, "backends"), known)
        return self._at(path, lambda: ServiceInstance.make(account_id=account_id, **item))

    def _check_known(self, names: Any, path: Steps, known: set[str]) -> None:
        for index, name in enumerate(names):
            if name not in known:
                raise self._places.error((*path, index), f"there is no device {name!r}")

    def _device(self, item: Mapping[str, Any], path: Steps) -> DeclaredDevice:
        name = item["name"]
        if "snapshot" in item:
            return self._at((*path, "snapshot"), lambda: FromSnapshot(name, item["snapshot"]))
        if "qubits" in item:
            return FromGenerator(
                name,
                num_qubits=item["qubits"],
                family=item.get("family"),
                two_qubit_gate=item.get("two_qubit_gate"),
                seed=item.get("seed"),
            )
        documents = {
            key: self._document(item[key], (*path, key))
            for key in ("configuration", "properties", "defaults")
            if key in item
        }
        return self._at((*path, "configuration"), lambda: FromDocuments(name, **documents))

    def _document(self, value: Any, path: Steps) -> Mapping[str, Any]:
        if isinstance(value, str):
            try:
                value = json.loads((self._folder / value).read_bytes())
            except (OSError, ValueError) as error:
                raise self._places.error(path, f"no JSON file: {error}") from error
            if not isinstance(value, dict):
                raise self._places.error(path, "the file holds no JSON object")
        document: Mapping[str, Any] = value
        return document

    def _at(self, path: Steps, make: Callable[[], T]) -> T:
        try:
            return make()
        except ValueError as error:
            raise self._places.error(path, str(error)) from error


def _always_known() -> set[str]:
    any_day = datetime(2000, 1, 1, tzinfo=UTC)
    return {*catalogue(seed=0, calibrated=any_day), *snapshots()}
