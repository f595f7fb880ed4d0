"""The admin API's handlers for what goes wrong: faults, troubles and scenarios."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from dryshot.contract import Call, Contract, InvalidRequest, Problem
from dryshot.errors import DryshotError
from dryshot.faults import EFFECTS, BadFault, Fault
from dryshot.server.admin import specs
from dryshot.server.admin.feed import Tenant, Tenants
from dryshot.server.admin.views import show_fault
from dryshot.server.records import OtherState
from dryshot.world.places import DeclarationError
from dryshot.world.trouble import BadTrouble, Incident

__all__ = ["Missing", "Steering"]


class Missing(Exception):
    """There is no such thing; the message is a sentence."""


class Steering:
    """A part of :class:`~dryshot.server.admin.api.Api`."""

    _tenants: Tenants

    def list_faults(self, call: Call) -> Any:
        """The faults that are yet to strike."""
        tenant = self._tenant(call)
        hidden = tenant.secrets
        return {"faults": [show_fault(hidden, one) for one in tenant.mock.faults]}

    def add_fault(self, call: Call) -> Any:
        """One more."""
        faults, asked = self._tenant(call).mock.faults, {"kind": "fail", **call.body}
        try:
            faults.add(Fault.from_json(asked))
        except BadFault as error:
            raise _invalid(error.field, "fault", str(error)) from None
        return self._kept(call, self.list_faults)

    def clear_faults(self, call: Call) -> Any:
        """No fault any more."""
        self._tenant(call).mock.faults.clear()
        return self._kept(call, self.list_faults)

    def remove_fault(self, call: Call) -> Any:
        """Let one strike no more."""
        number = call.path["number"]
        for fault in self._tenant(call).mock.faults:
            if fault.number == number:
                fault.remove()
                return self._kept(call, self.list_faults)
        raise Missing(f"There is no fault {number}, or no longer.")

    def list_fault_kinds(self, _call: Call) -> Any:
        """Which faults there are, and what each takes."""
        return self._fault_kinds

    def list_trouble(self, call: Call) -> Any:
        """What is wrong with the service, or will be."""
        tenant = self._tenant(call)
        with tenant.mock.clock.lock:
            return {"trouble": tenant.secrets.clean_value(tenant.mock.world.trouble.describe())}

    def start_trouble(self, call: Call) -> Any:
        """Let something go wrong."""
        asked = call.body
        try:
            self._tenant(call).mock.world.trouble.start(asked["name"], asked.get("arguments"))
        except BadTrouble as error:
            raise _invalid(error.field, "trouble", str(error)) from None
        return self._kept(call, self.list_trouble)

    def clear_trouble(self, call: Call) -> Any:
        """End all of it."""
        mock = self._tenant(call).mock
        with mock.clock.lock:
            mock.world.trouble.clear()
        return self._kept(call, self.list_trouble)

    def end_trouble(self, call: Call) -> Any:
        """End one incident."""
        mock, number = self._tenant(call).mock, call.path["number"]
        with mock.clock.lock:
            try:
                incident: Incident = mock.world.trouble.find(number)
            except BadTrouble:
                raise Missing(f"No incident {number} is coming or on.") from None
            incident.clear()
        return self._kept(call, self.list_trouble)

    def list_scenarios(self, _call: Call) -> Any:
        """The ready-made ones."""
        from dryshot.scenarios import find, names, text_of  # late: few servers are asked for it

        found = [
            {"name": name, "description": find(name).description, "yaml": text_of(name)}
            for name in names()
        ]
        return {"scenarios": found}

    def play_scenario(self, call: Call) -> Any:
        """Let one happen to a tenant; files of this machine are not read for that."""
        from dryshot.scenarios import find, read_value, text_of

        asked = call.body
        mock = self._named(asked["tenant"]).mock
        if ("name" in asked) == ("scenario" in asked):
            raise _invalid("name", "scenario", "give either name or scenario")
        own = asked.get("scenario", {})
        for part in ("world", "limits"):
            if part in own:
                raise _invalid(part, "scenario", f"{part} is what a world begins with")
        try:
            name = asked.get("name")
            if name is not None:
                text_of(name)  # it is a ready-made one's, and nothing that could be a path
            found = read_value(own, "its own") if name is None else find(name)
            played = mock.play(found, seed=asked.get("seed"))
        except DeclarationError as error:
            raise _invalid(error.key, "scenario", str(error)) from None
        except DryshotError as error:
            raise OtherState(str(error)) from None
        self._tenants.keep(asked["tenant"])
        return {
            "name": played.name,
            "faults": len(played.faults),
            "trouble": len(played.incidents),
        }

    @cached_property
    def _fault_kinds(self) -> Any:
        from dryshot.scenarios import schema

        fields = schema()["$defs"]["fault"]["properties"]
        operations = {one for name in specs.names() for one in Contract.load(name).operations}
        return {
            "kinds": [
                {
                    "kind": kind,
                    "description": (effect.__doc__ or "").partition("\n")[0].replace("``", ""),
                    "fields": [
                        {
                            "name": name,
                            "required": name in effect.needed(),
                            "types": _types(fields[name]),
                            "choices": fields[name].get("enum", []),
                            "description": fields[name].get("description", ""),
                        }
                        for name in effect.names()
                    ],
                }
                for kind, effect in EFFECTS.items()
            ],
            "operations": sorted(operations),
        }

    def _kept(self, call: Call, show: Any) -> Any:
        self._tenants.keep(call.path["tenant"])
        return show(call)

    def _tenant(self, call: Call) -> Tenant:
        return self._named(call.path["tenant"])

    def _named(self, name: str) -> Tenant:
        try:
            return self._tenants.get(name)
        except KeyError:
            raise Missing(f"There is no tenant {name!r}.") from None


def _types(field: dict[str, Any]) -> list[str]:
    if "anyOf" in field:
        return ["pair", "null"]
    found = field.get("type", "string")
    return [found] if isinstance(found, str) else list(found)


def _invalid(field: str, rule: str, message: str) -> InvalidRequest:
    return InvalidRequest((Problem("body", field, rule, f"{message.rstrip('.')}."),))
