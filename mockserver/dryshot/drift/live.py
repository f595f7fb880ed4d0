"""A service over the network, as an endpoint: what is asked of IBM's hosts goes to its base URL."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from dryshot.drift.findings import DriftError
from dryshot.http import Endpoint, Request, Response

__all__ = ["CLOUD_URL", "Settings", "connect", "read_settings"]

CLOUD_URL = "https://cloud.ibm.com"
_CLOUD = "cloud.ibm.com"
_TIMEOUT = 60.0
_KEY, _INSTANCE, _URL = "DRYSHOT_LIVE_API_KEY", "DRYSHOT_LIVE_INSTANCE", "DRYSHOT_LIVE_URL"


class Settings:
    """Where the service is, and who asks; the key is in no text form."""

    def __init__(self, api_key: str, instance: str, url: str) -> None:
        self.api_key = api_key
        self.instance = instance
        self.url = url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """From the environment; ``DriftError`` names every variable that is missing."""
    missing = [name for name in (_KEY, _INSTANCE) if not environ.get(name)]
    if missing:
        raise DriftError(f"a live service needs {' and '.join(missing)} in the environment")
    url = environ.get(_URL) or CLOUD_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DriftError(f"{_URL}: must be a URL such as {CLOUD_URL}")
    return Settings(environ[_KEY], environ[_INSTANCE], url)


@contextmanager
def connect(url: str, transport: httpx.BaseTransport | None = None) -> Iterator[Endpoint]:
    """An endpoint for the service at ``url``, which is left when the context ends.

    A host that can have no name before it (an address, or a name without dots) has all services;
    else each has its own name before it, as at IBM.
    """
    base = httpx.URL(url)
    with httpx.Client(timeout=_TIMEOUT, transport=transport) as client:

        def ask(request: Request) -> Response:
            scheme, host, port = base.scheme, _place(request.host, base.host), base.port
            target = httpx.URL(
                scheme=scheme, host=host, port=port, raw_path=request.target.encode()
            )
            try:
                answer = client.request(
                    request.method, target, headers=dict(request.headers), content=request.body
                )
            except httpx.HTTPError as error:
                raise DriftError(f"{target.host}: {type(error).__name__}: {error}") from error
            headers = {name.lower(): value for name, value in answer.headers.items()}
            headers.pop("content-encoding", None)  # the body is decoded
            return Response(answer.status_code, headers, answer.content)

        yield ask


def _place(host: str, base: str) -> str:
    if base == _CLOUD or base.endswith(f".{_CLOUD}"):
        return host
    try:
        ipaddress.ip_address(base)
    except ValueError:
        if "." in base:
            return f"{host.removesuffix(_CLOUD)}{base}"
    return base
