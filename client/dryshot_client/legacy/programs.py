"""Programs of the classic API: the service's, and one's own where it still takes some."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from dryshot_client.api import Ask
from dryshot_client.calls import D, call
from dryshot_client.checks import check_count, check_flag, check_text, check_texts
from dryshot_client.flows import Flow, collect
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.shapes import Program, ProgramSpec
from dryshot_client.paging import Page, read_pages

__all__ = ["Programs"]

# Within the class below, ``list`` is its method.
_Programs = list[Program]


class Programs(LegacyResource[D]):
    """What jobs can run.

    To read them no token is needed, and none is obtained, unless ``mine`` asks for one's own as
    well. To change one's own is ``PermissionDenied`` since November 2023.
    """

    @call
    def list(self, *, mine: bool = False) -> Flow[_Programs]:
        """All programs, in the service's order; with ``mine`` also those that only the user has."""

        def fetch(limit: int | None, offset: int | None) -> Flow[Page]:
            ask = self._api.prepare("list_programs", query={"limit": limit, "offset": offset})
            return self._api.call_page(_seen_by(ask, mine=mine), "programs")

        return collect(read_pages(fetch))

    @call
    def get(self, program_id: str, *, mine: bool = False) -> Flow[Program]:
        """One program; ``NotFound`` if there is none of that name.

        With ``mine`` it may be one that only the user has; it comes with its source, ``data``, in
        base64.
        """
        ask = self._api.prepare("get_program", {"id": program_id})
        return self._api.ask(_seen_by(ask, mine=mine), read_as(Program))

    @call
    def upload(
        self,
        *,
        name: str,
        data: str | bytes,
        cost: int | None = None,
        description: str | None = None,
        spec: ProgramSpec | None = None,
        tags: Sequence[str] | None = None,
        is_public: bool | None = None,
    ) -> Flow[Program]:
        """Upload a program, whose source is ``data``; never sent twice.

        ``cost`` is the longest time that its jobs may take, in seconds.
        """
        body = {
            "name": check_text("name", name),
            "data": _encode(data),
            "cost": check_count("cost", cost, least=1),
            "description": description,
            "spec": spec,
            "tags": check_texts("tags", tags),
            "is_public": check_flag("is_public", is_public),
        }
        return self._api.ask(self._api.prepare("upload_program", body=body), read_as(Program))

    @call
    def update(
        self,
        program_id: str,
        *,
        name: str | None = None,
        cost: int | None = None,
        description: str | None = None,
        spec: ProgramSpec | None = None,
    ) -> Flow[None]:
        """Describe a program otherwise; what is left out stays."""
        body = {
            "name": None if name is None else check_text("name", name),
            "cost": check_count("cost", cost, least=1),
            "description": description,
            "spec": spec,
        }
        return self._api.do(self._api.prepare("update_program", {"id": program_id}, body=body))

    @call
    def replace_data(self, program_id: str, data: str | bytes) -> Flow[None]:
        """Give a program another source."""
        ask = self._api.prepare("replace_program_data", {"id": program_id})
        content = _encode(data).encode()
        return self._api.do(ask.with_content(content, "application/octet-stream"))

    @call
    def publish(self, program_id: str) -> Flow[None]:
        """Show a program to everyone."""
        return self._api.do(self._api.prepare("publish_program", {"id": program_id}))

    @call
    def hide(self, program_id: str) -> Flow[None]:
        """Show a program to nobody else."""
        return self._api.do(self._api.prepare("hide_program", {"id": program_id}))

    @call
    def delete(self, program_id: str) -> Flow[None]:
        """Remove a program for good."""
        return self._api.do(self._api.prepare("delete_program", {"id": program_id}))


def _seen_by(ask: Ask, *, mine: bool) -> Ask:
    return ask.with_token() if check_flag("mine", mine) else ask


def _encode(data: str | bytes) -> str:
    """The source in base64, which is how it travels."""
    if not isinstance(data, str | bytes):
        raise TypeError(f"data is {type(data).__name__}, not text or bytes")
    if not data:
        raise ValueError("data is empty")
    source = data if isinstance(data, bytes) else check_text("data", data).encode()
    return base64.b64encode(source).decode("ascii")
