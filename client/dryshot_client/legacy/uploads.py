"""Programs of one's own, and circuits that were kept; of services that still have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot_client.calls import D, Resource, call
from dryshot_client.flows import Flow
from dryshot_client.legacy.api import LegacyApi

__all__ = ["Uploads"]

_Object = dict[str, Any]


class Uploads(Resource[D]):
    """Programs of one's own; from November 2023 on every change is ``PermissionDenied``."""

    def __init__(self, api: LegacyApi, driver: D) -> None:
        super().__init__(driver)
        self._api = api

    @call
    def create(self, program: Mapping[str, Any]) -> Flow[_Object]:
        """Upload a program; its ``data`` is the source in base64."""
        return self._api.call_object(self._api.prepare("upload_program", body=program))

    @call
    def update(self, program_id: str, changes: Mapping[str, Any]) -> Flow[None]:
        """Describe a program otherwise."""
        ask = self._api.prepare("update_program", {"id": program_id}, body=changes)
        yield from self._api.call(ask)

    @call
    def replace_data(self, program_id: str, data: str) -> Flow[None]:
        """Give a program another source, in base64."""
        ask = self._api.prepare("replace_program_data", {"id": program_id})
        yield from self._api.call(ask.with_content(data.encode(), "application/octet-stream"))

    @call
    def publish(self, program_id: str) -> Flow[None]:
        """Show a program to everyone."""
        yield from self._api.call(self._api.prepare("publish_program", {"id": program_id}))

    @call
    def hide(self, program_id: str) -> Flow[None]:
        """Show a program to nobody else."""
        yield from self._api.call(self._api.prepare("hide_program", {"id": program_id}))

    @call
    def delete(self, program_id: str) -> Flow[None]:
        """Remove a program for good."""
        yield from self._api.call(self._api.prepare("delete_program", {"id": program_id}))
