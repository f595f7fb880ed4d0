"""Bytes to a server and back, without a client library in between."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PATIENCE = 20.0
ANYWHERE = "0.0.0.0"  # noqa: S104 - for tests of what that means


class Wire:
    """One connection to the server at ``url``."""

    def __init__(self, url: str) -> None:
        parsed = urlsplit(url)
        self.socket = socket.create_connection((parsed.hostname, parsed.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send; whether the server still takes it."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def rest(self) -> bytes:
        """All that comes until the server closes the connection."""
        came = b""
        try:
            while data := self.socket.recv(65536):
                came += data
        except ConnectionResetError:
            pass
        return came

    def until(self, mark: bytes) -> bytes:
        """What comes up to ``mark``."""
        came = b""
        while mark not in came:
            data = self.socket.recv(65536)
            assert data, came
            came += data
        return came


def status(answer: bytes) -> int | None:
    """The status of the first answer, None if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer else None
