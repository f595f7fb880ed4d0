"""Workloads, page by page along a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

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
from dryshot_client.flows import Item, Stream
from dryshot_client.models import Misfit, read_list, read_object
from dryshot_client.platform.models import (
    Workload,
    WorkloadMode,
    WorkloadSort,
    WorkloadStatus,
)
from dryshot_client.platform.resource import PlatformResource

__all__ = ["Workloads"]

LARGEST_PAGE = 50


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
        return self._walk(query, limit, page_size)

    def _walk(
        self, query: dict[str, Any], limit: int | None, page_size: int | None
    ) -> Stream[Workload]:
        left = limit
        cursor: str | None = None
        passed: set[str] = set()
        while left is None or left > 0:
            size = page_size if left is None else min(left, page_size or LARGEST_PAGE)
            page = {**query, "limit": size, "next": cursor}
            ask = self._api.prepare("find_instance_workloads", query=page)
            items, cursor = yield from self._api.ask(ask, _read_page)
            for item in items[:left]:
                yield Item(item)
            left = None if left is None else left - len(items)
            # A service that hands out the same cursor again would be walked along for ever.
            if cursor is None or not items or cursor in passed:
                return
            passed.add(cursor)


def _read_page(body: object) -> tuple[list[Workload], str | None]:
    page = read_object(body)
    items = read_list(Workload.read, page.get("workloads"), "workloads")
    return items, _read_cursor(page.get("next"))


def _read_cursor(link: object) -> str | None:
    # Only the cursor is taken from the link: no answer sends the token to another host.
    if link is None:
        return None
    href = link.get("href") if isinstance(link, dict) else None
    if not isinstance(href, str):
        raise Misfit("next has no 'href'")
    try:
        cursors = parse_qs(urlsplit(href).query).get("next")
    except ValueError:
        cursors = None
    if not cursors:
        raise Misfit(f"next.href {href!r} has no cursor")
    return cursors[0]
