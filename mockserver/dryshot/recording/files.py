"""Cassettes as files: YAML that VCR.py plays, with a section of dryshot's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from dryshot.clock import isoformat
from dryshot.recording.atomic import write_atomically
from dryshot.recording.bodies import Bodies
from dryshot.recording.cassette import FORMAT, Cassette, Interaction
from dryshot.recording.documents import read_document
from dryshot.recording.fields import Field
from dryshot.recording.layout import entry_of, interaction_of
from dryshot.recording.problems import CassetteError, Misfit
from dryshot.recording.redaction import find_secrets
from dryshot.recording.yaml_text import END, dump_yaml
from dryshot.world.classic import EraName, check_era

__all__ = ["dump_cassette", "read_cassette", "write_cassette"]

_SHOWN = 5


def read_cassette(path: str | Path) -> Cassette:
    """The cassette in a file, and in the directory beside it that has its large bodies.

    Raises:
        CassetteError: it cannot be read; the text names file, line and key.
    """
    path = Path(path)
    document = read_document(path)
    with document.told():
        cassette = _read(document.root, Bodies.beside(path))
        # Asked last, so that what is wrong for another reason is told by its own line.
        if not document.text.rstrip().endswith(END.strip()):
            why = f"the file does not end with a line {END.strip()!r}: it was cut off"
            raise Misfit((), why)
    return cassette


def _read(root: Field, bodies: Bodies) -> Cassette:
    version = root["version"]
    if version.integer() != 1:
        raise Misfit(version.path, "should be 1, the version of VCR.py's format")
    own = root.get("dryshot")
    if own is None:
        why = "there is no 'dryshot' section; if VCR.py wrote this: dryshot cassette import"
        raise Misfit((), why)
    if own["format"].integer() != FORMAT:
        why = f"this dryshot reads format {FORMAT}; another version of it wrote the file"
        raise Misfit(own["format"].path, why)
    return Cassette(
        tuple(interaction_of(entry, bodies) for entry in root["interactions"].items()),
        own["recorded"].instant(),
        own["host"].text(),
        {name: value.text() for name, value in own["spec"].entries()},
        {name: value.integer() for name, value in own["redaction"].entries()},
        own["provenance"].text(),
        instance.text() if (instance := own.get("instance")) else "",
        _era(own.get("era")),
    )


def _era(told: Field | None) -> EraName | Literal[""]:
    if told is None:
        return ""
    try:
        return check_era(told.text())
    except ValueError as error:
        raise Misfit(told.path, str(error).removeprefix("era: ")) from None


def dump_cassette(cassette: Cassette, bodies: Bodies) -> str:
    """A cassette as text; what is too large for it is put in ``bodies``."""
    own: dict[str, Any] = {
        "format": FORMAT,
        "recorded": isoformat(cassette.recorded),
        "host": cassette.host,
        "spec": dict(sorted(cassette.spec.items())),
        "redaction": dict(sorted(cassette.redaction.items())),
        "provenance": cassette.provenance,
    }
    if cassette.instance:
        own["instance"] = cassette.instance
    if cassette.era:
        own["era"] = cassette.era
    entries = [entry_of(interaction, bodies) for interaction in cassette.interactions]
    return dump_yaml({"version": 1, "dryshot": own, "interactions": entries})


def write_cassette(cassette: Cassette, path: str | Path) -> None:
    """Write a cassette; the same one gives the same bytes.

    Raises:
        CassetteError: something in it looks like a secret, and nothing was written; or the file
            cannot be written.
    """
    path = Path(path)
    bodies = Bodies.beside(path)
    text = dump_cassette(cassette, bodies)
    secrets = _secrets(cassette, text)
    if secrets:
        more = "" if len(secrets) <= _SHOWN else f", and {len(secrets) - _SHOWN} more"
        found = "; ".join(secrets[:_SHOWN])
        raise CassetteError(f"{path}: not written, for it would hold a secret: {found}{more}")
    try:
        bodies.write()
        write_atomically(path, text.encode())
        bodies.drop_others()
    except OSError as error:
        raise CassetteError(f"{path}: cannot be written: {error.strerror}") from error


def _secrets(cassette: Cassette, text: str) -> list[str]:
    """The kinds of secrets, and where: in an interaction, or in what is said about all."""
    bodies = {body for one in cassette.interactions for body in _bodies(one)}
    parts = (body.decode(errors="replace") for body in bodies)
    if not any(map(find_secrets, (text, *parts))):
        return []
    found: dict[str, None] = {}
    for index, interaction in enumerate(cassette.interactions):
        alone = dump_yaml(entry_of(interaction, Bodies(Path("bodies"))))
        for part in (alone, *(body.decode(errors="replace") for body in _bodies(interaction))):
            for finding in find_secrets(part):
                found[f"{finding.kind} in interactions[{index}] ({interaction.operation})"] = None
    if not found:
        for finding in find_secrets(text):
            found[f"{finding.kind} in the dryshot section"] = None
    return list(found)


def _bodies(interaction: Interaction) -> tuple[bytes, bytes]:
    return interaction.request.body, interaction.response.body
