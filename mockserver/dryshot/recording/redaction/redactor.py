"""Recordings without secrets, made before anything is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.redaction.messages import NotReadable, redact_interaction
from dryshot.recording.redaction.pseudonyms import Pseudonyms
from dryshot.recording.redaction.rewriting import Rewriter
from dryshot.world.classic import EraName

__all__ = ["redact", "rewrite"]

_UNCOUNTED = frozenset({"claim", "resource"})


def redact(
    interactions: Sequence[Interaction],
    *,
    recorded: datetime,
    host: str = "",
    provenance: str = "",
    instance: str = "",
    era: EraName | Literal[""] = "",
    spec: Mapping[str, str] | None = None,
    secrets: Iterable[str] = (),
) -> Cassette:
    """A cassette of interactions in which every secret has a pseudonym.

    It goes over them twice: first to learn what is secret, by its place and by its form, then to
    replace that wherever it stands, however it is written. Whoever knows of other secrets gives
    them as ``secrets``; ``ValueError`` if one has fewer than four characters. ``NotReadable`` if a
    body cannot be looked into.
    """
    clean, rewriter = rewrite(interactions, secrets)
    counts = rewriter.pseudonyms.counts
    return Cassette(
        interactions=clean,
        recorded=recorded,
        host=rewriter.rewrite(host),
        spec=dict(spec or {}),
        redaction={kind: counts[kind] for kind in sorted(counts) if kind not in _UNCOUNTED},
        provenance=rewriter.rewrite(provenance),
        instance=rewriter.rewrite(instance),
        era=era,
    )


def rewrite(
    interactions: Sequence[Interaction], secrets: Iterable[str] = ()
) -> tuple[tuple[Interaction, ...], Rewriter]:
    """The interactions as :func:`redact` has them, and what knows all secrets that are in them."""
    rewriter = Rewriter(Pseudonyms(_taken(interactions)), secrets)
    for index, one in enumerate(interactions):
        _redact(one, index, rewriter)
    rewriter.learn()
    clean = tuple(_redact(one, index, rewriter) for index, one in enumerate(interactions))
    return clean, rewriter


def _redact(one: Interaction, index: int, rewriter: Rewriter) -> Interaction:
    try:
        return redact_interaction(one, rewriter)
    except NotReadable as error:
        request = one.request
        place = f"interaction {index} ({request.method} {request.host})"
        raise NotReadable(f"{place}: {error}") from None


def _taken(interactions: Sequence[Interaction]) -> Callable[[str], bool]:
    """Whether a text is in a recording; a pseudonym that is would mean two things."""
    texts = [
        "\n".join([one.request.target, *message.headers.values()]).encode(errors="replace")
        + message.body
        for one in interactions
        for message in (one.request, one.response)
    ]
    return lambda text: any(text.encode() in other for other in texts)
