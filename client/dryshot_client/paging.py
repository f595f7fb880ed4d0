"""Walking through a list that the service hands out in pages, by limit, offset and count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dryshot_client.flows import Flow, Item, Stream

__all__ = ["read_pages"]

_MOST_BARREN_PAGES = 20


def read_pages(
    fetch: Callable[[int | None, int | None], Flow[Mapping[str, Any]]],
    key: str,
    *,
    limit: int | None = None,
    page_size: int | None = None,
) -> Stream[Any]:
    """Hand out the items under ``key`` of page after page, each ``id`` once, at most ``limit``.

    ``fetch(limit, offset)`` asks for one page. ``page_size`` left out is the service's own.
    Newcomers push what was seen onto the next page; such repetitions are passed over, and
    so is a service that ignores the offset, after some pages with nothing new.
    """
    seen: set[Any] = set()
    offset = barren = 0
    while limit is None or len(seen) < limit:
        left = None if limit is None else limit - len(seen)
        size = min((each for each in (left, page_size) if each is not None), default=None)
        page = yield from fetch(size, offset or None)
        items = page[key]
        new = {item["id"]: item for item in items if item["id"] not in seen}
        for id_, item in list(new.items())[:left]:
            seen.add(id_)
            yield Item(item)
        offset += len(items)
        barren = 0 if new else barren + 1
        if not items or offset >= page.get("count", float("inf")) or barren > _MOST_BARREN_PAGES:
            return
