"""Interactions as VCR.py writes them, with what dryshot knows besides under a key of its own."""

from __future__ import annotations

import re
from typing import Any

from dryshot.clock import isoformat
from dryshot.http import Headers, Request, Response
from dryshot.recording.bodies import Bodies
from dryshot.recording.cassette import Interaction
from dryshot.recording.fields import Field
from dryshot.recording.problems import Misfit

__all__ = ["entry_of", "headers_of", "interaction_of", "request_of", "url_of"]

_URL = re.compile(
    r"(?P<scheme>https?)://(?:[^/?#@]*@)?(?P<host>\[[^]/]*\]|[^/?#:]+)(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE,
)


def url_of(request: Request) -> str:
    """The whole URL of a request."""
    return f"{request.origin}{request.target}"


def entry_of(interaction: Interaction, bodies: Bodies) -> dict[str, Any]:
    """What stands in the file; large bodies are put beside it."""
    request, response = interaction.request, interaction.response
    sent, sent_place = bodies.put(request.body)
    received, received_place = bodies.put(response.body)
    own: dict[str, Any] = {
        "at": isoformat(interaction.at),
        "seconds": interaction.seconds,
        "operation": interaction.operation,
    }
    places = {"request_body": sent_place, "response_body": received_place}
    own |= {name: place for name, place in places.items() if place}
    return {
        "request": {
            "method": request.method,
            "uri": url_of(request),
            "body": sent or None,
            "headers": _lists(_measured(request.headers, sent)),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": _lists(_measured(response.headers, received)),
            "body": {"string": received},
        },
        "dryshot": own,
    }


def interaction_of(entry: Field, bodies: Bodies) -> Interaction:
    """What :func:`entry_of` wrote; ``Misfit`` names what is wrong with it."""
    own = entry["dryshot"]
    request = request_of(entry["request"], _body(entry["request"].get("body"), own, bodies))
    answer = entry["response"]
    body = _body(answer["body"].get("string"), own, bodies, "response_body")
    operation = own.get("operation")
    response = Response(
        answer["status"]["code"].integer(),
        _measured(headers_of(answer.get("headers")), body),
        body,
    )
    return Interaction(
        request,
        response,
        own["at"].instant(),
        own["seconds"].number(),
        operation.text() if operation else None,
    )


def request_of(request: Field, body: bytes) -> Request:
    """A request as VCR.py has it; its body is read by the caller."""
    uri = request["uri"]
    url = _URL.fullmatch(uri.text())
    if url is None:
        raise Misfit(uri.path, "should be the URL of an http or https request")
    return Request(
        request["method"].text().upper(),
        url["host"].strip("[]").lower(),
        url["path"] or "/",
        url["query"] or "",
        _measured(headers_of(request.get("headers")), body),
        body,
        url["scheme"].lower(),
        int(url["port"]) if url["port"] else None,
    )


def headers_of(headers: Field | None) -> dict[str, str]:
    """Names in lower case, each with one value; in the file a value is text or a list of text."""
    found: dict[str, str] = {}
    for name, field in headers.entries() if headers else ():
        values = field.items() if isinstance(field.value, list | tuple) else [field]
        found[name.lower()] = ", ".join(value.text() for value in values)
    return found


def _body(inline: Field | None, own: Field, bodies: Bodies, key: str = "request_body") -> bytes:
    place = own.get(key)
    if place is not None:
        return bodies.get(place)
    if inline is None:
        return b""
    return inline.value if isinstance(inline.value, bytes) else inline.text().encode()


def _lists(headers: Headers) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


def _measured(headers: Headers, body: str | bytes) -> dict[str, str]:
    """A true ``content-length``, where there is one and a body: who plays it may count."""
    measured = dict(headers)
    if "content-length" in measured and body:
        measured["content-length"] = str(len(body if isinstance(body, bytes) else body.encode()))
    return measured
