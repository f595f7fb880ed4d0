"""What documents call the things of a recording: operations, the service's own URLs, versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from dryshot.contract.documents import Documents
from dryshot.http import Request
from dryshot.recording.cassette import Interaction

__all__ = ["canonical", "versions"]


def canonical(request: Request, documents: Documents) -> tuple[Request, str | None]:
    """A request at the service's own URL, and its operation; as it is, if no document knows it."""
    found = documents.find(request)
    if found is None:
        return request, None
    server = urlsplit(found.server)
    host = server.hostname or request.host
    headers = dict(request.headers)
    if "host" in headers:
        headers["host"] = host
    path = f"{server.path}{found.path}"
    own = replace(request, host=host, path=path, scheme="https", port=None, headers=headers)
    return own, found.key


def versions(interactions: Iterable[Interaction], documents: Documents) -> dict[str, str]:
    """The versions of the documents whose operations there are."""
    known = {one.operation.partition(".")[0] for one in interactions if one.operation}
    return {
        contract.name: str(contract.document["info"]["version"])
        for contract in documents
        if contract.name in known
    }
