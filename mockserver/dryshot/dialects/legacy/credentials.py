"""Where a request to the classic runtime says who is asking."""

from __future__ import annotations

from dryshot.http import Request

__all__ = ["credential_of"]


def credential_of(request: Request) -> str:
    """The access token or API token in ``x-access-token``, or else as a bearer; empty if none."""
    credential = request.headers.get("x-access-token")
    if credential is None:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        credential = rest.strip() if scheme.lower() == "bearer" else ""
    return credential
