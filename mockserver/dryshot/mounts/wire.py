"""What every mount needs to cross between wire headers and dryshot's plain values."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from dryshot.http import Response

__all__ = ["DEFAULT_PORTS", "HOP_BY_HOP", "Lines", "framed", "joined"]

DEFAULT_PORTS = {"http": 80, "https": 443}

# Of one connection only (RFC 9110, 7.6.1): whoever carries the body frames it anew.
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding"})


_MOST_KEPT = 4


@functools.lru_cache(maxsize=256)
def _lower(name: bytes) -> str:
    return name.decode("latin-1").lower()


def joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header lines as :data:`dryshot.http.Headers`: lower case, repeated ones joined."""
    lines = raw if isinstance(raw, list) else list(raw)
    headers = {_lower(name): value.decode("latin-1") for name, value in lines}
    if len(headers) == len(lines):
        return headers
    headers.clear()
    for raw_name, raw_value in lines:
        name, value = _lower(raw_name), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class Lines:
    """Reads header lines; who sends the same again is given the same, which is for reading only."""

    def __init__(self) -> None:
        self._last: tuple[tuple[list[tuple[bytes, bytes]], dict[str, str]], ...] = ()

    def read(self, raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
        """As :func:`joined` does; any thread may ask."""
        for lines, headers in self._last:
            if lines == raw:
                return headers
        headers = joined(raw)
        self._last = ((raw, headers), *self._last[: _MOST_KEPT - 1])
        return headers


def framed(method: str, response: Response) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Header lines and body to send: a true ``content-length``, no body where HTTP allows none."""
    body = response.body
    empty = response.status < 200 or response.status in {204, 304}  # noqa: PLR2004 - HTTP's own
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers.items()
        if name not in HOP_BY_HOP and name != "content-length"
    ]
    if empty:
        return headers, b""
    length = str(len(body))
    if method == "HEAD":
        # An endpoint may answer HEAD as it answers GET, or name the length by itself.
        length = length if body else response.headers.get("content-length", length)
        body = b""
    headers.append((b"content-length", length.encode("latin-1")))
    return headers, body
