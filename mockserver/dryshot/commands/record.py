"""``dryshot record``: any command, online, and what it asked and was answered, without secrets."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dryshot.commands.options import declare_allowed_hosts

if TYPE_CHECKING:
    from dryshot.recording.cassette import Cassette
    from dryshot.recording.recorder import Recorder

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "run a command, in any language, and record its calls to IBM's services"
DESCRIPTION = (
    "Run a command whose https calls to IBM's hosts go on to them, for real, and into a cassette, "
    "without secrets. Every other host is refused. The exit code is the command's."
)
_PROVENANCE = "Recorded by dryshot record."
_SECRETS = ("DRYSHOT_LIVE_API_KEY", "QISKIT_IBM_TOKEN", "IBMCLOUD_API_KEY", "IQP_API_TOKEN")
_SHORTEST = 8


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.usage = "dryshot record [options] -- CMD ..."
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("cassette.yaml"),
        metavar="FILE",
        help="the cassette to write (default: %(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a cassette that is there")
    parser.add_argument(
        "--url",
        type=_service,
        metavar="URL",
        help="ask this service in the place of IBM's hosts: the classic APIs at /api and /runtime "
        "there, the platform's at /api/v1",
    )
    parser.add_argument(
        "--provenance", default=_PROVENANCE, metavar="TEXT", help="what it shows, in words"
    )
    parser.add_argument(
        "--era",
        choices=("2023-09", "2023-11", "2024-03"),
        default="",
        help="which time of the classic API it is, to be played again as such",
    )
    declare_allowed_hosts(parser)
    parser.add_argument("--quiet", action="store_true", help="no summary on stderr")
    parser.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="CMD", help="the command and its arguments"
    )


def run(settings: argparse.Namespace) -> int:
    """Run the command and give its exit code; 1 if only the recording could not be written."""
    if os.name != "posix":
        return _fail("signals and terminals are seen to on POSIX systems only", 2)

    from dryshot.contract.documents import Documents
    from dryshot.recording.problems import CassetteError
    from dryshot.recording.recorder import Recorder
    from dryshot.server.child import CANNOT_RUN, NOT_FOUND, run_child, signals_held
    from dryshot.server.enclosure import enclose
    from dryshot.server.forwarding import Forwarder, Way

    program = settings.program[settings.program[:1] == ["--"] :]
    if not program:
        return _fail("no command to run; it follows the options: dryshot record -- CMD ...", 2)
    wrong = _wrong_place(settings)
    if wrong:
        return _fail(wrong, 2)
    documents = Documents()
    recorder = Recorder(documents=documents)
    with signals_held() as held:
        with enclose(
            Forwarder(recorder, Way(documents, settings.url)),
            documents.hosts,
            environ=os.environ,
            allow_hosts=settings.allow_host,
            command="dryshot record",
            dated=False,
        ) as enclosure:
            try:
                code = run_child(program, enclosure.environ, held=held)
            except FileNotFoundError:
                return _fail(f"{program[0]}: there is no such command", NOT_FOUND)
            except OSError as error:
                return _fail(f"{program[0]}: cannot be run: {error.strerror}", CANNOT_RUN)
        cassette = None
        if recorder.interactions:
            try:
                cassette = recorder.save(
                    settings.out,
                    provenance=settings.provenance,
                    secrets=_secrets(os.environ),
                    incomplete=True,
                    era=settings.era,
                )
            except (CassetteError, ValueError) as error:
                return _fail(str(error), code or 1)
        if not settings.quiet:
            lines = _summary(recorder, cassette, settings.out, enclosure.refused)
            sys.stderr.write("".join(f"{line}\n" for line in lines))
            sys.stderr.flush()
    return code


def _summary(
    recorder: Recorder, cassette: Cassette | None, out: Path, refused: Mapping[str, int]
) -> Iterator[str]:
    if cassette is None:
        yield "dryshot record: nothing was asked, and no file written"
    else:
        count = len(cassette.interactions)
        yield f"dryshot record: {count} interactions with {cassette.host} in {out}"
        for kind, number in cassette.redaction.items():
            yield f"  replaced   {kind}: {number}"
    for why, number in recorder.missed.items():
        yield f"  left out   {why}: {number}"
    for name, number in refused.items():
        yield f"  refused    {name}: {number} (--allow-host NAME lets one through)"


def _wrong_place(settings: argparse.Namespace) -> str | None:
    """Why the cassette could not be written, asked before anything is sent."""
    out = settings.out
    if out.exists() and not settings.overwrite:
        return f"{out}: it is there already; --overwrite replaces it"
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        return f"{out}: nothing can be written to {out.parent}"
    return None


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """Credentials that stand in the environment, wherever else they may come up."""
    return (environ[name] for name in _SECRETS if len(environ.get(name, "")) >= _SHORTEST)


def _service(text: str) -> str:
    from dryshot.server.proxy import is_vendor

    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
        raise argparse.ArgumentTypeError("a URL such as http://127.0.0.1:8787 is wanted")
    if url.username or url.password:
        raise argparse.ArgumentTypeError("there is a user in that URL")
    if is_vendor(url.hostname):
        raise argparse.ArgumentTypeError("IBM's own hosts are asked without --url")
    return text.rstrip("/")


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"dryshot record: {text}\n")
    return code
