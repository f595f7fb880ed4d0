"""Walking through a list that the service hands out in pages, by limit, offset and count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from dryshot_client.flows import Flow, Item, Stream

__all__ = ["Page", "read_pages"]

_MOST_BARREN_PAGES = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and how many there are on all pages together, where that is told."""

    items: list[Any]
    count: float | None = None


def read_pages(
    fetch: Callable[[int | None, int | None], Flow[Page]],
    *,
    limit: int | None = None,
    page_size: int | None = None,
    identify: Callable[[Any], object] = itemgetter("id"),
) -> Stream[Any]:
    """Hand out the items of page after page, each once, at most ``limit``.

    ``fetch(limit, offset)`` asks for one page. ``page_size`` left out is the service's own.
    ``identify`` says what tells an item from others. Newcomers push what was seen onto the next
    page; such repetitions are passed over, and so is a service that ignores the offset, after some
    pages with nothing new.
    """
    seen: set[object] = set()
    offset = barren = 0
    while limit is None or len(seen) < limit:
        left = None if limit is None else limit - len(seen)
        size = min((each for each in (left, page_size) if each is not None), default=None)
        page = yield from fetch(size, offset or None)
        items = page.items
        new = {identify(item): item for item in items if identify(item) not in seen}
        for id_, item in list(new.items())[:left]:
            seen.add(id_)
            yield Item(item)
        offset += len(items)
        barren = 0 if new else barren + 1
        end = float("inf") if page.count is None else page.count
        if not items or offset >= end or barren > _MOST_BARREN_PAGES:
            return
