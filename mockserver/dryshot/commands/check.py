"""``dryshot check``: where the documents, recordings, the mock and a live service differ."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dryshot.drift import Report
    from dryshot.recording.cassette import Interaction

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "find where documents, recordings and the service differ"
DESCRIPTION = (
    "Compare dryshot's OpenAPI documents with a published document, with recordings, with the mock "
    "or with a live service; or the shapes of answers with committed ones. The exit code is 0 if "
    "nothing differs, 2 if something does, and 1 if it could not be found out."
)
_SAME, _ERROR, _DRIFT = 0, 1, 2


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    what = parser.add_argument_group("what to check, one of these")
    what.add_argument(
        "cassettes", nargs="*", type=Path, metavar="CASSETTE", help="recordings of answers"
    )
    what.add_argument(
        "--against",
        action="append",
        type=Path,
        metavar="FILE",
        help="a published OpenAPI document, JSON or YAML; may be given more than once for a "
        "document in parts",
    )
    what.add_argument("--mock", action="store_true", help="the answers of the mock")
    what.add_argument(
        "--live",
        action="store_true",
        help="the answers of a live service to read operations; needs DRYSHOT_LIVE_API_KEY and "
        "DRYSHOT_LIVE_INSTANCE, and takes DRYSHOT_LIVE_URL",
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--document",
        metavar="NAME",
        help="with --against: which of our documents, such as platform-runtime (default: the one "
        "that shares the most operations)",
    )
    how.add_argument(
        "--partial",
        action="store_true",
        help="with --against: operations that are not in the files are not missing",
    )
    how.add_argument("--shapes", type=Path, metavar="FILE", help="compare shapes with these")
    how.add_argument(
        "--write-shapes",
        type=Path,
        metavar="FILE",
        help="write the shapes of the answers: paths and types, no values",
    )
    how.add_argument("--breaking-only", action="store_true", help="leave out what breaks nobody")
    how.add_argument(
        "--format",
        choices=("text", "json", "junit", "github"),
        default="text",
        help="default: text",
    )


def run(settings: argparse.Namespace) -> int:
    """Compare, and tell; 0 same, 1 error, 2 drift."""
    from dryshot.drift.findings import Verdict
    from dryshot.drift.output import write_report
    from dryshot.errors import DryshotError

    try:
        _check_usage(settings)
        report = _documents(settings) if settings.against else _answers(settings)
    except (DryshotError, OSError) as error:
        sys.stderr.write(f"dryshot check: {error}\n")
        return _ERROR
    if report is None:
        return _SAME
    if settings.breaking_only:
        report = report.only(Verdict.BREAKING)
    write_report(report, settings.format, sys.stdout)
    return _DRIFT if report.drift else _SAME


def _check_usage(settings: argparse.Namespace) -> None:
    from dryshot.drift.findings import DriftError

    sources = (settings.cassettes, settings.against, settings.mock, settings.live)
    if sum(map(bool, sources)) != 1:
        raise DriftError("give one of these: cassettes, --against, --mock, --live")
    if settings.against and (settings.shapes or settings.write_shapes):
        raise DriftError("--shapes and --write-shapes go with cassettes, --mock and --live")
    if not settings.against and (settings.document or settings.partial):
        raise DriftError("--document and --partial go with --against")


def _documents(settings: argparse.Namespace) -> Report:
    from dryshot.contract.contract import Contract
    from dryshot.contract.documents import CONTRACTS
    from dryshot.drift.documents import compare_documents, nearest_document
    from dryshot.drift.findings import DriftError
    from dryshot.drift.reading import Document, read_document

    if settings.document not in (None, *CONTRACTS):
        raise DriftError(f"--document: {settings.document} is none of {', '.join(CONTRACTS)}")
    theirs = [read_document(path) for path in settings.against]
    names = [settings.document] if settings.document else CONTRACTS
    ours = [Document(name, Contract.load(name).document) for name in names]
    return compare_documents(nearest_document(ours, theirs), theirs, partial=settings.partial)


def _answers(settings: argparse.Namespace) -> Report | None:
    """The report; None if only shapes were to be written."""
    from dryshot.contract.documents import Documents
    from dryshot.drift.answers import Known
    from dryshot.drift.exchanges import check_exchanges
    from dryshot.drift.outlines import compare_shapes
    from dryshot.drift.shapes import read_shapes, shapes_of, write_shapes

    committed = read_shapes(settings.shapes) if settings.shapes else None
    subject, interactions = _interactions(settings)
    known = Known(Documents())
    if settings.write_shapes:
        shapes = shapes_of(interactions, known)
        write_shapes(shapes, settings.write_shapes)
        sys.stderr.write(f"wrote {len(shapes)} shapes to {settings.write_shapes}\n")
    if committed is not None:
        file = str(settings.shapes)
        now = shapes_of(interactions, known)
        return compare_shapes(committed, now, subject=f"{subject} against {file}", file=file)
    if settings.write_shapes:
        return None
    file = str(settings.cassettes[0]) if settings.cassettes else ""
    subject = f"{subject} against the documents"
    return check_exchanges(interactions, subject=subject, file=file, known=known)


def _interactions(settings: argparse.Namespace) -> tuple[str, Sequence[Interaction]]:
    if settings.cassettes:
        from dryshot.recording.files import read_cassette

        found = [one for path in settings.cassettes for one in read_cassette(path).interactions]
        return ", ".join(map(str, settings.cassettes)), found
    from dryshot.drift.visits import visit_live, visit_mock

    if settings.mock:
        from dryshot.mock import Mock

        return "the mock", visit_mock(Mock())
    from dryshot.drift.live import connect, read_settings

    live = read_settings(os.environ)
    with connect(live.url) as endpoint:
        return "the live service", visit_live(endpoint, live.api_key, live.instance)
