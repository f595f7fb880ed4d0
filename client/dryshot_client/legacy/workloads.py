"""Workloads of the classic API, page by page along a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, get_args

from dryshot_client.calls import D, paged
from dryshot_client.checks import (
    Instant,
    check_choice,
    check_choices,
    check_count,
    check_text,
    check_texts,
    write_instant,
)
from dryshot_client.flows import Flow, Stream
from dryshot_client.legacy.fitting import read_as
from dryshot_client.legacy.resource import LegacyResource
from dryshot_client.legacy.session_shapes import Workload, WorkloadMode, WorkloadStatus
from dryshot_client.legacy.shapes import Sort
from dryshot_client.models import read_object
from dryshot_client.paging import read_cursor, read_cursor_pages

__all__ = ["Workloads"]

LARGEST_PAGE = 50

# Within the class below, ``list`` is its method.
_Workloads = list[Workload]


class _Page(TypedDict):
    workloads: _Workloads


class Workloads(LegacyResource[D]):
    """Sessions, batches, and jobs outside of them."""

    @paged
    def list(
        self,
        *,
        limit: int | None = None,
        everyones: bool = False,
        mode: WorkloadMode | None = None,
        status: Sequence[WorkloadStatus] | None = None,
        backend: str | None = None,
        search: str | None = None,
        tags: Sequence[str] | None = None,
        created_after: Instant | None = None,
        created_before: Instant | None = None,
        sort: Sort | None = None,
        page_size: int | None = None,
    ) -> Stream[Workload]:
        """Workloads that match, newest first unless sorted otherwise; all of them, or ``limit``.

        ``everyones`` is for administrators, and ``PermissionDenied`` to others; ``status`` means
        any of these; ``search`` is an id or part of a tag. Pages of ``page_size`` are fetched as
        they are needed; left out, they are as large as the ``limit`` allows, or of the service's
        own choice (10) without one.
        """
        check_count("limit", limit, least=0)
        check_count("page_size", page_size, least=1, most=LARGEST_PAGE)
        for name, value in (("backend", backend), ("search", search)):
            if value is not None:
                check_text(name, value)
        query = {
            "mode": check_choice("mode", mode, get_args(WorkloadMode)),
            "status": check_choices("status", status, get_args(WorkloadStatus)),
            "backend": backend,
            "search": search,
            "tags": check_texts("tags", tags),
            "created_after": write_instant("created_after", created_after),
            "created_before": write_instant("created_before", created_before),
            "sort": check_choice("sort", sort, get_args(Sort)),
        }
        operation = "list_all_workloads" if everyones else "list_own_workloads"

        def fetch(size: int | None, cursor: str | None) -> Flow[tuple[_Workloads, str | None]]:
            page = {**query, "limit": size, "next": cursor}
            return self._api.ask(self._api.prepare(operation, query=page), _read_page)

        return read_cursor_pages(fetch, limit=limit, page_size=page_size, largest=LARGEST_PAGE)


def _read_page(body: object) -> tuple[_Workloads, str | None]:
    page = read_as(_Page)(body)
    return page["workloads"], read_cursor(read_object(body).get("next"))
