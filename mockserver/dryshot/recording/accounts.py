"""Whose instances a recording is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from dryshot.recording.contents import Contents, Told, answers_of
from dryshot.world import Account, ServiceInstance
from dryshot.world.instances import check_account_id, parse_crn
from dryshot.world.plans import PLANS, Region

__all__ = ["accounts_of"]

_ANY_KEY = "any key opens the account of the recording"


@dataclass(slots=True)
class _Seen:
    """What was told of one instance: how often it was used, its settings, its devices."""

    used: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    devices: dict[str, None] = field(default_factory=dict)

    def told(self, settings: Mapping[str, Any]) -> None:
        """Add what was not told before: what a program changed is not what it found."""
        self.settings = {**settings, **self.settings}


def accounts_of(contents: Contents, backends: set[str]) -> list[Account]:
    """The accounts in the order of the first use of their instances, at least one.

    Of each the instance that was used most comes first. ``backends`` are the names that are known.
    """
    seen: dict[str, _Seen] = {}
    users: dict[str, Counter[str]] = {}
    for told, body in answers_of(contents):
        for crn, settings in _settings(told, body):
            seen.setdefault(crn, _Seen()).told(settings)
        if crn := told.asked.instance:
            _use(seen.setdefault(crn, _Seen()), told, body)
        if isinstance(user := body.get("user_id"), str):
            users.setdefault(_owner(crn), Counter())[user] += 1
    owners: dict[str, list[ServiceInstance]] = {}
    used = {told.asked.instance: None for told, _ in answers_of(contents)}
    for crn in [crn for crn in (*used, *seen) if crn in seen]:
        owners.setdefault(_owner(crn), [])
    for crn, what in sorted(seen.items(), key=lambda item: -item[1].used):
        try:
            owners[_owner(crn)].append(_instance(crn, what, backends))
        except ValueError:
            continue  # a stand-in for a CRN that is none: nobody can use it
    owned = {owner: found for owner, found in owners.items() if found}
    return [
        Account(
            _ANY_KEY if number == 0 else f"{_ANY_KEY} ({number})",
            any_instance=True,
            service_instances=found or None,
            account_id=owner,
            user_id=_first(users.get(owner)) or _first(users.get("")),
        )
        for number, (owner, found) in enumerate((owned or {"": []}).items())
    ]


def _settings(told: Told, body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for item in (*body.get("items", ()), *body.get("resources", ()), body):
        if isinstance(item, Mapping) and isinstance(crn := item.get("crn"), str):
            yield crn, item
    if told.asked.operation == "get_instance" and told.asked.instance:
        yield told.asked.instance, body


def _use(seen: _Seen, told: Told, body: Mapping[str, Any]) -> None:
    seen.used += 1
    if told.asked.key == "platform-runtime.list_backends":
        for item in body.get("devices", ()):
            seen.devices[item if isinstance(item, str) else item["name"]] = None


def _owner(crn: str) -> str:
    """The account of a CRN; empty if it is none."""
    try:
        return parse_crn(crn).account_id
    except ValueError:
        return ""


def _first(users: Counter[str] | None) -> str:
    return users.most_common(1)[0][0] if users else ""


def _instance(crn: str, seen: _Seen, known: set[str]) -> ServiceInstance:
    told, parts = seen.settings, parse_crn(crn)
    check_account_id(parts.account_id)
    names = ("service_plan_unique_id", "resource_plan_id", "plan_id")
    plan_id = next((str(told[name]) for name in names if told.get(name)), None)
    plan = next((plan for plan in PLANS.values() if plan.catalog_id == plan_id), None)
    if plan is None:
        usual = PLANS["premium"]
        plan = replace(usual, catalog_id=plan_id or usual.catalog_id)
    extensions = told.get("extensions") or (told.get("doc") or {}).get("extensions") or told

    def seconds(name: str) -> int | None:
        text = str(extensions.get(name, ""))
        return int(text) if text.isdigit() else None

    backends = seen.devices or dict.fromkeys(extensions.get("backends") or ())
    return ServiceInstance(
        crn=crn,
        name=str(told.get("name") or f"{plan.name}-instance"),
        plan=plan,
        region=cast("Region", parts.region),
        backends=tuple(name for name in backends if name in known),
        usage_limit_seconds=seconds("instance_limit_seconds"),
        usage_allocation_seconds=seconds("usage_allocation_seconds"),
        tags=tuple(told.get("tags") or ()),
    )
