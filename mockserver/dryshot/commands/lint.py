"""``dryshot lint``: whether anything in files looks like a secret."""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "find what looks like a secret in cassettes and other files"
DESCRIPTION = (
    "Looks for API keys, tokens, CRNs, e-mail and IP addresses, cookies and signed URLs, however "
    "they are encoded, in files and in folders with all that is in them. Pseudonyms that dryshot "
    "made are none. Exit code 0: nothing found; 1: each is named as path:line:column: kind; 2: a "
    "path does not exist or cannot be read."
)

_SKIPPED = frozenset({"__pycache__", "node_modules"})
_SNIFFED = 8192


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="do not show what is around a secret"
    )


def run(settings: argparse.Namespace) -> int:
    """Name every finding on standard output."""
    from dryshot.recording.redaction import find_secrets

    missing = [path for path in settings.paths if not path.exists()]
    for path in missing:
        sys.stderr.write(f"dryshot lint: {path} does not exist\n")
    if missing:
        return 2
    found, unreadable = 0, 0
    for path in dict.fromkeys(one for given in settings.paths for one in _files(given)):
        try:
            text = _read(path)
        except (OSError, EOFError, zlib.error) as error:
            sys.stderr.write(f"dryshot lint: {path} cannot be read: {error}\n")
            unreadable += 1
            continue
        for finding in find_secrets(text) if text is not None else ():
            found += 1
            around = "" if settings.quiet else f" ({_printable(finding.excerpt)})"
            place = f"{path}:{finding.line}:{finding.column}"
            sys.stdout.write(f"{place}: {finding.kind}{around}\n")
    if unreadable:
        return 2
    return 1 if found else 0


def _files(path: Path) -> Iterator[Path]:
    """A file itself; of a folder all that is below, but for hidden and made folders, in order."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED
        )
        yield from (file for name in sorted(names) if (file := Path(folder, name)).is_file())


def _read(path: Path) -> str | None:
    """The text of a file, decompressed if its name ends with ``.gz``; None if it has none."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    if b"\0" in raw[:_SNIFFED]:
        return None
    return raw.decode("utf-8", "surrogateescape")


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)
