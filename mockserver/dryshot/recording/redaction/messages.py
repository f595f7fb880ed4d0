"""Requests and answers without secrets."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dryshot.http import Headers
from dryshot.recording.cassette import Interaction
from dryshot.recording.redaction.basic import pseudonymous_basic, read_basic
from dryshot.recording.redaction.names import is_needless_header, kind_of_field, kind_of_header
from dryshot.recording.redaction.rewriting import Rewriter

__all__ = ["NotReadable", "learn_places", "redact_interaction"]

_SCHEME = re.compile(r"(?i)\s*(bearer|apikey|basic|token)\s+")
_DIGESTS = frozenset({"content-md5", "digest", "content-digest", "repr-digest", "etag"})
_COUNT = re.compile(r"[0-9]{0,11}")
_HEX_ID = re.compile(r"[0-9a-f]{24}")
_LOGIN = "legacy-auth.login_with_token"
_OWN_ACCOUNT = ("legacy-auth.get_user", "legacy-runtime.get_runtime_user")


class NotReadable(ValueError):
    """A body is compressed in a way that cannot be looked into, so nobody knows what it holds."""


def redact_interaction(one: Interaction, rewriter: Rewriter) -> Interaction:
    """An interaction without secrets; of those that it shows the rewriter knows afterwards."""
    learn_places(one, rewriter)
    request, response = one.request, one.response
    target = rewriter.rewrite(request.target)
    path, _, query = target.partition("?")
    headers, body = _message(request.headers, request.body, rewriter)
    answered, answer = _message(response.headers, response.body, rewriter)
    return replace(
        one,
        request=replace(
            request,
            host=rewriter.rewrite(request.host),
            path=path,
            query=query,
            headers=headers,
            body=body,
        ),
        response=replace(response, headers=answered, body=answer),
    )


def learn_places(one: Interaction, rewriter: Rewriter) -> None:
    """Make pseudonyms for what is secret by its place in the classic login and its user."""
    if not (one.operation or "").startswith(("legacy-auth.", *_OWN_ACCOUNT)):
        return
    try:
        answer = json.loads(_unpacked(one.response.headers, one.response.body)[0])
    except ValueError:
        return
    if isinstance(answer, dict):
        if one.operation == _LOGIN:
            rewriter.replace("token", str(answer.get("id") or ""))
        elif one.operation is not None and one.operation.startswith(_OWN_ACCOUNT):
            rewriter.replace("user id", str(answer.get("id") or ""))
    for user in _users(answer):
        rewriter.replace("user id", user)


def _users(value: Any) -> Iterator[str]:
    """The ids under which projects list their users."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "users" and isinstance(inner, dict):
                yield from filter(_HEX_ID.fullmatch, inner)
            yield from _users(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _users(inner)


def _message(headers: Headers, body: bytes, rewriter: Rewriter) -> tuple[dict[str, str], bytes]:
    kept = {
        name: _header(name, value, rewriter)
        for name, value in headers.items()
        if not _dropped(name, value, rewriter)
    }
    raw, pack = _unpacked(headers, body)
    text = raw.decode("utf-8", "surrogateescape")
    clean = rewriter.rewrite(text)
    if clean == text:
        return kept, body
    packed = pack(clean.encode("utf-8", "surrogateescape"))
    if "content-length" in kept:
        kept["content-length"] = str(len(packed))
    return {name: one for name, one in kept.items() if name not in _DIGESTS}, packed


def _dropped(name: str, value: str, rewriter: Rewriter) -> bool:
    """Whether nobody needs a header; the cookies in it are looked for elsewhere all the same."""
    if not is_needless_header(name):
        return False
    if "cookie" in name:
        first = value.split(";")[:1] if name.startswith("set-") else value.split(";")
        for pair in first:
            rewriter.replace("cookie", pair.partition("=")[2].strip())
    else:
        rewriter.rewrite(value)
    return True


def _header(name: str, value: str, rewriter: Rewriter) -> str:
    kind = kind_of_header(name) or kind_of_field(name)
    if kind is None or _COUNT.fullmatch(value):
        return rewriter.rewrite(value)
    scheme = _SCHEME.match(value)
    if scheme is None:
        return rewriter.replace(kind, value)
    rest = value[scheme.end() :]
    if scheme[1].lower() == "basic" and read_basic(rest) is not None:
        return scheme[0] + pseudonymous_basic(rest, rewriter.pseudonyms)
    kind = "api key" if scheme[1].lower() == "apikey" else kind
    return scheme[0] + rewriter.replace(kind, rest)


def _unpacked(headers: Mapping[str, str], body: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """A body without its content encoding, and how to put it back."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"} or not body:
        return body, bytes
    try:
        if encoding in {"gzip", "x-gzip"}:
            return gzip.decompress(body), lambda data: gzip.compress(data, mtime=0)
        if encoding == "deflate":
            return zlib.decompress(body), zlib.compress
    except (OSError, EOFError, zlib.error):
        return body, bytes  # it was decoded already, and only its header was left
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotReadable(
            f"a body is encoded as {encoding!r}, which cannot be looked into; "
            "record with the header accept-encoding: gzip"
        ) from None
    return body, bytes
