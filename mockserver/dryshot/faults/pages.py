"""Pages of the edge: what stands before the API and answers in its place, in HTML."""

from __future__ import annotations

from http import HTTPStatus

__all__ = ["page_of"]

_REASONS = {403: "Access denied", 520: "Web server is returning an unknown error"}


def page_of(status: int) -> str:
    """A page that says ``status``, in the manner of the networks that deliver content."""
    try:
        reason = _REASONS.get(status) or HTTPStatus(status).phrase
    except ValueError:
        reason = "Error"
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="en-US"><head><title>{status} | {reason}</title>\n'
        '<meta name="robots" content="noindex, nofollow"></head>\n'
        f"<body><h1>Error {status}</h1><p>{reason}</p>\n"
        "<p>The page is of the network before the service, not of the service.</p>\n"
        "</body></html>\n"
    )
