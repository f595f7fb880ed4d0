"""What the admin API answers with: JSON, the one shape of every error, and large files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from dryshot.contract import Problem
from dryshot.http import Response

__all__ = ["Download", "download", "failure", "respond"]

_SMALL = 1024 * 1024
"""Bytes of a file up to which it is an answer like any other, and checked like any other."""


@dataclass(frozen=True, slots=True)
class Download(Response):
    """An answer whose body is ``file``, of ``size`` bytes; whoever sends it closes the file."""

    file: IO[bytes] | None = None
    size: int = 0


class _Writer(Protocol):
    def __call__(self, out: IO[bytes], /) -> None: ...


def respond(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def failure(
    status: int, code: str, message: str, problems: tuple[Problem, ...] = (), **headers: str
) -> Response:
    """The one shape of every error."""
    listed = [problem._asdict() for problem in problems]
    error = {"status": status, "code": code, "message": message, "problems": listed}
    return respond(status, {"error": error}, headers)


def download(name: str, write: _Writer) -> Response:
    """The JSON that ``write`` writes, to be saved under a name; a ``Download`` if it is large."""
    headers = {
        "content-type": "application/json",
        "content-disposition": f'attachment; filename="{name}"',
    }
    file = TemporaryFile()  # noqa: SIM115 - of a large one it is the answer
    try:
        write(file)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size > _SMALL:
            return Download(200, headers, file=file, size=size)
        body = file.read()
    except BaseException:
        file.close()
        raise
    file.close()
    return Response(200, headers, body)
