"""A journal's exchanges without secrets, as a recording has its interactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dryshot.contract.documents import Documents
from dryshot.http import Headers
from dryshot.journal import Entry
from dryshot.recording.bodies import decoded
from dryshot.recording.cassette import Interaction
from dryshot.recording.naming import canonical
from dryshot.recording.problems import CassetteError
from dryshot.recording.redaction.redactor import rewrite
from dryshot.recording.redaction.rewriting import Rewriter

__all__ = ["Clean", "clean"]

_UNREADABLE = b"[dryshot: what is here is encoded in a way that cannot be looked into]"
_LEFT_OUT = b"[dryshot: left out, for it is large]"
_SHORTEST = 8
"""A secret with fewer characters would be found in words."""
_CREDENTIALS = frozenset({"api key", "jwt", "secret", "token"})


@dataclass(frozen=True, slots=True)
class Clean:
    """Entries, and the same as interactions in which every secret has a pseudonym.

    Requests are at the services' own URLs, whatever host was asked.
    """

    entries: Sequence[Entry] = field(repr=False)
    interactions: Sequence[Interaction] = field(repr=False)
    rewriter: Rewriter = field(repr=False)

    def text(self, text: str) -> str:
        """Any other text without those secrets, and without what looks like one."""
        return self.rewriter.rewrite(text)

    @property
    def credentials(self) -> Mapping[str, str]:
        """The pseudonyms of API keys and tokens, and their kinds."""
        made = self.rewriter.pseudonyms
        found = ((made[secret], kind) for secret, kind in made.kinds.items())
        return {pseudonym: kind for pseudonym, kind in found if kind in _CREDENTIALS}


def clean(
    entries: Sequence[Entry], *, secrets: Iterable[str] = (), max_body_bytes: int | None = None
) -> Clean:
    """Take the secrets out of exchanges; ``secrets`` are others that are known.

    Larger bodies than ``max_body_bytes`` are left out, for it takes a while to look into them.
    """
    documents = Documents()
    found = [_interaction(entry, documents, max_body_bytes) for entry in entries]
    given = {secret for secret in secrets if len(secret) >= _SHORTEST}
    interactions, rewriter = rewrite(found, given)
    return Clean(entries, interactions, rewriter)


def _interaction(entry: Entry, documents: Documents, limit: int | None) -> Interaction:
    exchange = entry.exchange
    asked, answered = exchange.request, exchange.response
    headers, body = _message(
        asked.headers, asked.body, limit, is_cut=exchange.request_size is not None
    )
    request, operation = canonical(replace(asked, headers=headers, body=body), documents)
    headers, body = _message(
        answered.headers, answered.body, limit, is_cut=exchange.response_size is not None
    )
    response = replace(answered, headers=headers, body=body)
    return Interaction(request, response, exchange.at, operation=operation)


def _message(
    headers: Headers, body: bytes, limit: int | None, *, is_cut: bool
) -> tuple[dict[str, str], bytes]:
    """Headers, and a body that can be looked into."""
    try:
        kept, plain = decoded(headers, body)
    except CassetteError:
        return _bare(headers), _UNREADABLE
    if is_cut and headers.get("content-encoding", "identity") not in {"", "identity"}:
        plain = _UNREADABLE
    elif limit is not None and len(plain) > limit:
        plain = _LEFT_OUT
    return kept, plain


def _bare(headers: Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-encoding"}
