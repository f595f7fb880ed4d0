"""Cassettes that VCR.py wrote, of any of its versions since 1.0, in YAML or JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from dryshot.contract.documents import Documents
from dryshot.http import Response
from dryshot.recording.bodies import decoded
from dryshot.recording.cassette import Interaction
from dryshot.recording.fields import Field
from dryshot.recording.layout import headers_of, request_of
from dryshot.recording.naming import canonical
from dryshot.recording.problems import Misfit

__all__ = ["vcr_interactions"]

_APART = timedelta(seconds=1)


def vcr_interactions(root: Field, start: datetime, documents: Documents) -> Iterator[Interaction]:
    """The interactions of a cassette, with every secret that is in it.

    VCR.py keeps no times. They begin at ``start``, or when the first answer says in its ``Date``
    header, and are a second apart, or more where later answers say so.
    """
    version = root["version"]
    if version.integer() != 1:
        raise Misfit(version.path, "should be 1, the version of VCR.py's format")
    at: datetime | None = None
    for entry in root["interactions"].items():
        asked, answer = entry["request"], entry["response"]
        headers, body = decoded(headers_of(asked.get("headers")), _bytes(asked.get("body")))
        request = request_of(Field({**asked.mapping(), "headers": headers}, asked.path), body)
        response = _response(answer)
        dated = _date(response)
        earliest = (dated or start) if at is None else at + _APART
        at = max(earliest, dated or earliest)
        request, operation = canonical(request, documents)
        yield Interaction(request, response, at, 0.0, operation)


def _response(answer: Field) -> Response:
    """Its httpx recordings of some years have ``status_code`` and ``content``."""
    status = answer.get("status_code") or answer["status"]["code"]
    content = answer["body"] if answer.get("body") else answer.get("content")
    headers, body = decoded(headers_of(answer.get("headers")), _bytes(content))
    return Response(status.integer(), headers, body)


def _bytes(body: Field | None) -> bytes:
    """A body as text, bytes, chunks, or under ``string`` or ``base64_string``."""
    match body.value if body else None:
        case None:
            return b""
        case str(text):
            return text.encode()
        case bytes(content):
            return content
        case list():
            return b"".join(map(_bytes, body.items() if body else ()))
        case {"base64_string": str(text)}:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error:
                pass
        case {"string": _} if body:
            return _bytes(body.get("string"))
    assert body is not None  # noqa: S101 - None is seen to above
    raise body.wrong("a body")


def _date(response: Response) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
