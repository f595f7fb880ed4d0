"""``dryshot state``: a state file as JSON, and back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "write a state file as JSON, or make one of such JSON"
DESCRIPTION = (
    "A state file keeps what `dryshot serve --state FILE` did. It holds neither API keys nor "
    "tokens, but everything else that was sent: circuits, parameters, tags, results."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    ways = parser.add_subparsers(dest="way", required=True, metavar="WAY")
    export = ways.add_parser("export", help="write a state file as JSON")
    export.add_argument("file", type=Path, help="the state file; no server may have it open")
    export.add_argument("--out", type=Path, metavar="JSON", help="default: standard output")
    take = ways.add_parser("import", help="make a state file of exported JSON")
    take.add_argument("json", type=Path, help="what export wrote")
    take.add_argument("file", type=Path, help="the state file to make; it must not exist")


def run(settings: argparse.Namespace) -> int:
    """Do it; 1 with the reason on standard error if it cannot be done."""
    from dryshot.server.records import StateError
    from dryshot.server.transfer import export_state, import_state

    try:
        if settings.way == "export":
            text = json.dumps(export_state(settings.file), indent=1)
            if settings.out is None:
                sys.stdout.write(f"{text}\n")
            else:
                settings.out.write_text(f"{text}\n", encoding="utf-8")
        else:
            import_state(json.loads(settings.json.read_bytes()), settings.file)
    except (StateError, OSError, ValueError) as error:
        sys.stderr.write(f"dryshot state: {error}\n")
        return 1
    return 0
