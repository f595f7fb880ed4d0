"""HAR 1.2, what browsers and proxies export: in and out."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dryshot.clock import isoformat
from dryshot.contract.documents import Documents
from dryshot.http import Headers, Response
from dryshot.recording.atomic import write_atomically
from dryshot.recording.bodies import decoded
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.fields import Field
from dryshot.recording.layout import request_of, url_of
from dryshot.recording.naming import canonical
from dryshot.recording.problems import CassetteError, Misfit

__all__ = ["har_interactions", "har_log", "har_of", "write_har"]

_OK = range(200, 600)


def har_interactions(root: Field, documents: Documents) -> Iterator[Interaction]:
    """The interactions of a HAR file, with every secret that is in it, in the order of time.

    Requests that got no answer, and connections that became websockets, are left out.
    """
    entries = [entry for entry in root["log"]["entries"].items() if _is_answered(entry)]
    entries.sort(key=lambda entry: entry["startedDateTime"].instant())
    for entry in entries:
        asked, answer = entry["request"], entry["response"]
        headers, body = decoded(_headers(asked), _sent(asked))
        url = {"method": asked["method"].value, "uri": asked["url"].value, "headers": headers}
        request, operation = canonical(request_of(Field(url, asked.path), body), documents)
        headers, body = decoded(_headers(answer), _content(answer["content"]))
        took = max(0.0, (entry.get("time") or Field(0.0)).value) / 1000
        response = Response(answer["status"].integer(), headers, body)
        at = entry["startedDateTime"].instant()
        yield Interaction(request, response, at, round(took, 6), operation)


def har_of(cassette: Cassette) -> dict[str, Any]:
    """A cassette as HAR 1.2; what HAR cannot say is in the log's comment."""
    return har_log(cassette.interactions, cassette.provenance)


def har_log(interactions: Iterable[Interaction], comment: str) -> dict[str, Any]:
    """Interactions as HAR 1.2, with whatever is in them."""
    from importlib.metadata import version

    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "dryshot", "version": version("dryshot")},
            "comment": comment,
            "entries": [_entry(interaction) for interaction in interactions],
        }
    }


def write_har(cassette: Cassette, path: str | Path) -> None:
    """Write a cassette as a HAR file; ``CassetteError`` if that cannot be done."""
    path = Path(path)
    try:
        write_atomically(path, f"{json.dumps(har_of(cassette), indent=1)}\n".encode())
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written: {error.strerror}") from error


def _is_answered(entry: Field) -> bool:
    url = entry["request"]["url"].text()
    return url.startswith(("http://", "https://")) and entry["response"]["status"].value in _OK


def _headers(message: Field) -> dict[str, str]:
    """Without those that HTTP/2 has in the place of a request line."""
    found: dict[str, str] = {}
    for header in message["headers"].items():
        name, value = header["name"].text().lower(), header["value"].text()
        if not name.startswith(":"):
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _sent(request: Field) -> bytes:
    data = request.get("postData")
    if data is None:
        return b""
    text, parameters = data.get("text"), data.get("params")
    if text is None or (not text.value and parameters and parameters.value):
        pairs = parameters.items() if parameters else []
        return urlencode(
            [(one["name"].text(), (one.get("value") or Field("")).text()) for one in pairs]
        ).encode()
    return _read(data, text)


def _content(content: Field) -> bytes:
    text = content.get("text")
    return b"" if text is None else _read(content, text)


def _read(holder: Field, text: Field) -> bytes:
    encoding = holder.get("encoding")
    if encoding is None:
        return text.text().encode("utf-8", "surrogatepass")
    if encoding.text() != "base64":
        raise Misfit(encoding.path, "should be base64, if there is one")
    try:
        return base64.b64decode(text.text(), validate=True)
    except (binascii.Error, ValueError):
        raise Misfit(text.path, "should be base64") from None


def _entry(interaction: Interaction) -> dict[str, Any]:
    request, response = interaction.request, interaction.response
    took = round(interaction.seconds * 1000, 3)
    asked: dict[str, Any] = {
        "method": request.method,
        "url": url_of(request),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request.headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(request.query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        kind = request.headers.get("content-type", "")
        asked["postData"] = {"mimeType": kind, "params": [], **_text(request.body)}
    kind = response.headers.get("content-type", "")
    return {
        "startedDateTime": isoformat(interaction.at),
        "time": took,
        "request": asked,
        "response": {
            "status": response.status,
            "statusText": response.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(response.headers),
            "content": {"size": len(response.body), "mimeType": kind, **_text(response.body)},
            "redirectURL": response.headers.get("location", ""),
            "headersSize": -1,
            "bodySize": len(response.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": interaction.operation or "",
    }


def _pairs(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}
