"""Everything that can go wrong with the service, by name: from Python, and from JSON."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from dryshot.world.trouble.arguments import BadTrouble, check, schema
from dryshot.world.trouble.devices import DeviceTrouble
from dryshot.world.trouble.incident import Incident
from dryshot.world.trouble.jobs import JobTrouble
from dryshot.world.trouble.rates import RateTrouble
from dryshot.world.trouble.service import ServiceTrouble

__all__ = ["TROUBLES", "Trouble", "schema_of"]


class Trouble(JobTrouble, DeviceTrouble, ServiceTrouble, RateTrouble):
    """What goes wrong in a world; ``world.trouble`` is it.

    Its methods start an incident, each from now on or between ``start`` and ``end`` of the clock,
    and return it: ``clear()`` ends it, and so does the end of a ``with``. Iterating gives those
    that are not over.
    """

    def start(self, name: str, arguments: Mapping[str, Any] | None = None) -> Incident:
        """Start one by its name, with arguments as JSON has them; ``BadTrouble`` names a fault."""
        function, given = _function(name), dict(arguments or {})
        check(inspect.unwrap(function), given)
        return function(self, **given)

    def find(self, number: int) -> Incident:
        """The incident of this number that is not over; ``BadTrouble`` if there is none."""
        for one in self:
            if one.number == number:
                return one
        raise BadTrouble("number", f"no incident {number} is coming or on")

    def clear(self) -> None:
        """End them all, the latest first."""
        for one in reversed(list(self)):
            one.clear()

    def describe(self) -> list[dict[str, Any]]:
        """Those that are not over, as JSON."""
        return [one.describe() for one in self]

    def repeat(self, change: Mapping[str, Any]) -> None:
        """Do again what ``on_change`` was told of, and tell nobody."""
        told, self.on_change = self.on_change, None
        try:
            if "clear" in change:
                self.find(change["clear"]).clear()
            else:
                self.start(change["start"], change["arguments"])
        finally:
            self.on_change = told


TROUBLES: Mapping[str, Callable[..., Incident]] = {
    name: function
    for kind in (JobTrouble, DeviceTrouble, ServiceTrouble, RateTrouble)
    for name, function in vars(kind).items()
    if hasattr(function, "__wrapped__")
}
"""Every method that starts an incident, by its name; the first argument is the :class:`Trouble`."""


def schema_of(name: str) -> dict[str, Any]:
    """A JSON Schema of the arguments of one of ``TROUBLES``."""
    return schema(inspect.unwrap(_function(name)))


def _function(name: str) -> Callable[..., Incident]:
    found = TROUBLES.get(name)
    if found is None:
        near = difflib.get_close_matches(name, TROUBLES, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(TROUBLES)}"
        raise BadTrouble(name, f"there is no such trouble; {hint}")
    return found
