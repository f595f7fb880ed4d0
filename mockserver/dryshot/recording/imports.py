"""Other recordings as cassettes: what is secret in them is replaced before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from dryshot.contract.documents import Documents
from dryshot.recording.cassette import Cassette, Interaction
from dryshot.recording.documents import Document, read_document
from dryshot.recording.files import read_cassette
from dryshot.recording.har import har_interactions
from dryshot.recording.naming import versions
from dryshot.recording.problems import CassetteError
from dryshot.recording.redaction import redact
from dryshot.recording.vcr import vcr_interactions

__all__ = ["import_recording"]


def import_recording(
    path: str | Path, *, start: datetime | None = None, secrets: Iterable[str] = ()
) -> Cassette:
    """A cassette of a file that VCR.py wrote, of a HAR file, or of a cassette, in memory.

    ``start`` is when a recording without times began; by default when its file was last changed.

    Raises:
        CassetteError: it cannot be read; the text names file, line and key.
        NotReadable: of a body in it nobody can tell whether there is a secret.
    """
    path = Path(path)
    document = read_document(path)
    documents = Documents()
    if "dryshot" in document.root.mapping():
        cassette = read_cassette(path)
        interactions: tuple[Interaction, ...] = cassette.interactions
        provenance, era = cassette.provenance, cassette.era
    else:
        era = ""
        interactions, provenance = _foreign(document, start, documents)
    if not interactions:
        raise CassetteError(f"{path}: there is no interaction in it")
    return redact(
        interactions,
        recorded=interactions[0].at,
        host=", ".join(dict.fromkeys(one.request.host for one in interactions)),
        provenance=provenance,
        era=era,
        spec=versions(interactions, documents),
        secrets=secrets,
    )


def _foreign(
    document: Document, start: datetime | None, documents: Documents
) -> tuple[tuple[Interaction, ...], str]:
    name = document.path.name
    changed = datetime.fromtimestamp(int(document.path.stat().st_mtime), UTC)
    with document.told():
        if "log" in document.root.mapping():
            found = tuple(har_interactions(document.root, documents))
            return found, f"Imported from {name}, a HAR file."
        found = tuple(vcr_interactions(document.root, start or changed, documents))
        return found, f"Imported from {name}, which VCR.py recorded; times are not its own."
