"""Backends of the platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dryshot_client.api import Ask
from dryshot_client.calls import D, call
from dryshot_client.checks import Instant, check_flag, check_text, write_instant
from dryshot_client.errors import NotFound
from dryshot_client.flows import Flow
from dryshot_client.models import Misfit, read_object, read_text
from dryshot_client.platform.models import (
    Backend,
    BackendConfiguration,
    BackendProperties,
    BackendStatus,
)
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Backends", "is_mock"]

_NOTHING: tuple[object, ...] = (None, {})
# Within the class below, ``list`` is its method.
_Backends = list[Backend]


class Backends(PlatformResource[D]):
    """The instance's devices. An unknown name is ``NotFound``."""

    @call
    def list(
        self, *, wait_times: bool = False, include_mocks: bool | None = None
    ) -> Flow[_Backends]:
        """All devices; ``wait_times`` asks for the time in the queue as well.

        Devices whose names begin with "mock" check jobs and estimate their usage; they are listed
        with ``include_mocks``, and not on every plan.
        """
        check_flag("wait_times", wait_times)
        check_flag("include_mocks", include_mocks)
        return self._list("wait_time_seconds" if wait_times else None, include_mocks=include_mocks)

    @call
    def get(self, name: str) -> Flow[Backend]:
        """One device, as it is listed."""
        check_text("name", name)
        devices = yield from self._list(include_mocks=is_mock(name) or None)
        for device in devices:
            if device.name == name:
                return device
        names = ", ".join(sorted(device.name for device in devices))
        entry = {"code": "not_found", "message": f"no device {name!r} is listed, only {names}"}
        raise NotFound("GET", "/backends", 200, errors=[entry])

    @call
    def configuration(
        self, name: str, *, calibration_id: str | None = None
    ) -> Flow[BackendConfiguration]:
        """What the device is: qubits, gates, couplings, limits."""
        ask = self._prepare("get_backend_configuration", name, calibration_id)
        return self._api.ask(ask, _read_document)

    @call
    def properties(
        self,
        name: str,
        *,
        updated_before: Instant | None = None,
        calibration_id: str | None = None,
    ) -> Flow[BackendProperties | None]:
        """The device's calibration, or the last one before an instant; ``None`` if it has none."""
        query = {"updated_before": write_instant("updated_before", updated_before)}
        ask = self._prepare("get_backend_properties", name, calibration_id, query)
        return self._ask_for_what_may_be_absent(ask, _read_document)

    @call
    def defaults(self, name: str) -> Flow[dict[str, Any] | None]:
        """Pulse defaults, which no device has any more: ``None``."""
        ask = self._prepare("get_backend_defaults", name)
        return self._ask_for_what_may_be_absent(ask, read_object)

    @call
    def status(self, name: str) -> Flow[BackendStatus]:
        """Whether the device takes jobs, and how many are waiting."""
        return self._api.ask(self._prepare("get_backend_status", name), BackendStatus.read)

    def _list(
        self, fields: str | None = None, *, include_mocks: bool | None = None
    ) -> Flow[_Backends]:
        query = {"fields": fields, "include_mocks": include_mocks}
        ask = self._api.prepare("list_backends", query=query)
        page = yield from self._api.ask_page(ask, "devices", Backend.read)
        return page.items

    def _prepare(
        self,
        operation: str,
        name: str,
        calibration_id: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Ask:
        check_text("name", name)
        if calibration_id is not None:
            check_text("calibration_id", calibration_id, most=100)
        query = {**(query or {}), "calibration_id": calibration_id}
        return self._api.prepare(operation, {"name": name}, query=query)

    def _ask_for_what_may_be_absent(self, ask: Ask, read: Callable[[object], Any]) -> Flow[Any]:
        # Nothing is said in several ways: no body at all, null, or an empty object.
        response = yield from self._api.call(ask)
        if not response.content:
            return None
        return self._api.fit(
            response, ask, lambda body: read(body) if body not in _NOTHING else None
        )


def is_mock(backend: str) -> bool:
    """Whether this is the name of a device that only checks jobs; see :meth:`Backends.list`."""
    return backend.startswith("mock")


def _read_document(body: object) -> Any:
    document = read_object(body)
    if "backend_name" not in document:
        raise Misfit("the answer has no 'backend_name'")
    read_text(document["backend_name"], "backend_name")
    return document
