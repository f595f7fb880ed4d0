"""Backends of the classic API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dryshot_client.calls import D, call
from dryshot_client.checks import Instant, write_instant
from dryshot_client.flows import Flow
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.shapes import (
    BackendConfiguration,
    BackendDefaults,
    BackendProperties,
    BackendStatus,
)

__all__ = ["Backends"]

T = TypeVar("T")

# Within the class below, ``list`` is its method.
_Names = list[str]


class Backends(LegacyResource[D]):
    """Devices and simulators. An unknown name is ``NotFound``."""

    @call
    def list(self, *, instance: str | None = None, slash: bool = False) -> Flow[_Names]:
        """Names, as the service lists them, of one instance's backends.

        With ``slash`` they are asked for as the provider client does, under ``/backends/``.

        Without an instance, here and on the runtime, of all the account's instances: a name comes
        once for each of them that has it.
        """
        query = {"provider": self._api.choose_instance(instance)}
        name = "list_backends_with_slash" if slash else "list_backends"
        ask = self._api.prepare(name, query=query)
        page = yield from self._api.call_page(ask, "devices", lambda item: isinstance(item, str))
        return page.items

    @call
    def configuration(self, name: str) -> Flow[BackendConfiguration]:
        """What the backend is."""
        return self._ask(BackendConfiguration, "get_backend_configuration", name)

    @call
    def properties(
        self, name: str, *, updated_before: Instant | None = None
    ) -> Flow[BackendProperties]:
        """The backend's calibration, or the last one before an instant; empty for a simulator."""
        query = {"updated_before": write_instant("updated_before", updated_before)}
        return self._ask(BackendProperties, "get_backend_properties", name, query)

    @call
    def defaults(self, name: str) -> Flow[BackendDefaults]:
        """The backend's pulse defaults; empty if it has none."""
        return self._ask(BackendDefaults, "get_backend_defaults", name)

    @call
    def status(self, name: str) -> Flow[BackendStatus]:
        """Whether the backend takes jobs, and how many are waiting."""
        return self._ask(BackendStatus, "get_backend_status", name)

    def _ask(
        self, shape: type[T], operation: str, name: str, query: Mapping[str, Any] | None = None
    ) -> Flow[T]:
        ask = self._api.prepare(operation, {"name": name}, query=query)
        return self._api.ask(ask, read_as(shape))
