"""Walking through a list that the service hands out in pages, by offset and count or by cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dryshot_client.flows import Flow, Item, Stream
from dryshot_client.models import Misfit

__all__ = ["Page", "read_cursor", "read_cursor_pages", "read_pages"]

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


def read_cursor_pages(
    fetch: Callable[[int | None, str | None], Flow[tuple[list[Any], str | None]]],
    *,
    limit: int | None,
    page_size: int | None,
    largest: int,
) -> Stream[Any]:
    """Hand out the items of page after page, at most ``limit``.

    ``fetch(size, cursor)`` asks for one page, and tells the cursor of the next. A page has
    ``page_size`` items; left out, it is the service's own choice, or as large as the ``limit``
    allows, ``largest`` at most.
    """
    left = limit
    cursor: str | None = None
    passed: set[str] = set()
    while left is None or left > 0:
        size = page_size if left is None else min(left, page_size or largest)
        items, cursor = yield from fetch(size, cursor)
        for item in items[:left]:
            yield Item(item)
        left = None if left is None else left - len(items)
        # A service that hands out the same cursor again would be walked along for ever.
        if cursor is None or not items or cursor in passed:
            return
        passed.add(cursor)


def read_cursor(link: object) -> str | None:
    """The cursor in a page's link to the next one; ``None`` without a link.

    Only the cursor is taken from it: no answer sends the token to another host.
    """
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
