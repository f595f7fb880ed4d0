"""``dryshot doctor``: what this environment has and lacks, without a word to any host."""

from __future__ import annotations

import argparse
import os
import sys

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "say what this environment has and lacks for dryshot"
DESCRIPTION = (
    "Look at versions, extras, the port, proxies, certificates, and what would lead programs to "
    "the real service. Nothing is sent to any host. The exit code is 1 if something will not work."
)

_MARKS = {"ok": " ", "note": "i", "bad": "!"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--port", type=_port, default=8787, help="the port to look at (default: 8787)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(settings: argparse.Namespace) -> int:
    """Look, and tell; 1 if something will not work."""
    import json
    from dataclasses import asdict
    from pathlib import Path

    from dryshot.server.diagnosis import diagnose

    findings = diagnose(os.environ, Path.home(), port=settings.port)
    bad = any(finding.verdict == "bad" for finding in findings)
    if settings.json:
        report = {"ok": not bad, "findings": [asdict(finding) for finding in findings]}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return int(bad)
    width = max(len(finding.name) for finding in findings)
    subject = ""
    order = list(dict.fromkeys(finding.subject for finding in findings))
    for finding in sorted(findings, key=lambda finding: order.index(finding.subject)):
        if finding.subject != subject:
            subject = finding.subject
            sys.stdout.write(f"{subject}\n")
        line = f"{_MARKS[finding.verdict]} {finding.name:{width}}  {finding.value}"
        sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.write(
        "Something will not work: see the lines that begin with an exclamation mark.\n"
        if bad
        else "All of this works.\n"
    )
    return int(bad)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:  # noqa: PLR2004 - TCP's own
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return port
