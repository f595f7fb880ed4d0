"""Where the services are, for the URL of a cloud and a region."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from dryshot_client.checks import check_url

__all__ = ["CLOUD_URL", "Hosts", "find_hosts"]

CLOUD_URL = "https://cloud.ibm.com"

_PATH = "/api/v1"
_HOME = "us-east"
"""The region whose name is not in the host's."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """The base URLs of the services, without a slash at the end."""

    runtime: str
    iam: str
    search: str


def find_hosts(url: str, region: str, *, environ: Mapping[str, str]) -> Hosts:
    """Where the services of the cloud at ``url`` are.

    Each has its own name before that of ``url``'s host, whose path is passed over, as IBM's SDK
    does. A host that can have no name before it (an IP address, or a name without dots) has them
    all: the runtime at ``{url}/api/v1``, the others at ``url`` itself. A ``url`` with
    "experimental" in it is the runtime's own.

    ``IAM_URL`` and ``GLOBAL_SEARCH_URL`` in ``environ`` say where these two are instead.
    """
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", region):
        raise ValueError(f"region {region!r} is not one, such as {_HOME}")
    url = check_url("url", url)
    prefix = "" if region == _HOME else f"{region}."
    return Hosts(
        runtime=url if "experimental" in url else _place(url, f"{prefix}quantum", _PATH),
        iam=_given("IAM_URL", environ) or _place(url, "iam"),
        search=_given("GLOBAL_SEARCH_URL", environ) or _place(url, "api.global-search-tagging"),
    )


def _place(url: str, name: str, path: str = "") -> str:
    parsed = httpx.URL(url)
    if _stands_alone(parsed.host):
        return url + path
    return str(parsed.copy_with(host=f"{name}.{parsed.host}", path=path)).rstrip("/")


def _stands_alone(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host.rstrip(".")
    return True


def _given(name: str, environ: Mapping[str, str]) -> str | None:
    url = environ.get(name)
    return check_url(name, url) if url else None
