"""Workloads, page by page along a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from dryshot_client.calls import D, paged
from dryshot_client.checks import (
    Instant,
    check_choice,
    check_choices,
    check_count,
    check_flag,
    check_text,
    check_texts,
    write_instant,
)
from dryshot_client.flows import Flow, Stream
from dryshot_client.models import read_list, read_object
from dryshot_client.paging import read_cursor, read_cursor_pages
from dryshot_client.platform.models import (
    Workload,
    WorkloadMode,
    WorkloadSort,
    WorkloadStatus,
)
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Workloads"]

LARGEST_PAGE = 50

# Within the class below, ``list`` is its method.
_Workloads = list[Workload]


class Workloads(PlatformResource[D]):
    """The instance's workloads: sessions, batches, and jobs outside of them."""

    @paged
    def list(
        self,
        *,
        limit: int | None = None,
        mine: bool = False,
        mode: WorkloadMode | None = None,
        status: Sequence[WorkloadStatus] | None = None,
        backend: str | None = None,
        search: str | None = None,
        tags: Sequence[str] | None = None,
        created_after: Instant | None = None,
        created_before: Instant | None = None,
        sort: WorkloadSort | None = None,
        include_mocks: bool | None = None,
        page_size: int | None = None,
    ) -> Stream[Workload]:
        """Workloads that match, oldest first unless sorted otherwise; all of them, or ``limit``.

        ``mine`` leaves out other users' ones; ``status`` means any of these; ``search`` is an id or
        part of a tag. Pages of ``page_size`` are fetched as they are needed; left out, they are as
        large as the ``limit`` allows, or of the service's own choice (10) without one.
        """
        check_count("limit", limit, least=0)
        check_count("page_size", page_size, least=1, most=LARGEST_PAGE)
        for name, value in (("backend", backend), ("search", search)):
            if value is not None:
                check_text(name, value)
        query = {
            "user": "me" if check_flag("mine", mine) else None,
            "mode": check_choice("mode", mode, get_args(WorkloadMode)),
            "status": check_choices("status", status, get_args(WorkloadStatus)),
            "backend": backend,
            "search": search,
            "tags": check_texts("tags", tags, shortest=0),
            "created_after": write_instant("created_after", created_after),
            "created_before": write_instant("created_before", created_before),
            "sort": check_choice("sort", sort, get_args(WorkloadSort)),
            "include_mocks": check_flag("include_mocks", include_mocks),
        }

        def fetch(size: int | None, cursor: str | None) -> Flow[tuple[_Workloads, str | None]]:
            page = {**query, "limit": size, "next": cursor}
            ask = self._api.prepare("find_instance_workloads", query=page)
            return self._api.ask(ask, _read_page)

        return read_cursor_pages(fetch, limit=limit, page_size=page_size, largest=LARGEST_PAGE)


def _read_page(body: object) -> tuple[list[Workload], str | None]:
    page = read_object(body)
    items = read_list(Workload.read, page.get("workloads"), "workloads")
    return items, read_cursor(page.get("next"))
