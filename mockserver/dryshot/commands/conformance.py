"""``dryshot conformance``: how well any service keeps to the OpenAPI documents, as a scoreboard."""

from __future__ import annotations

import argparse
import os
import sys

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "examine a service: a scoreboard of what it does rightly and wrongly"
DESCRIPTION = (
    "Ask a service at URL for every operation of the OpenAPI documents, rightly and wrongly, play "
    "through the lives of jobs and sessions, run a state machine over it, and print a scoreboard "
    "with what is wrong below. Small jobs are submitted, and removed again. The exit code is 0 if "
    "everything is good, 2 if something is wrong, 1 if the service could not be examined."
)
_INVENTED = "dryshot-conformance"
_FINDINGS = 2


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("url", metavar="URL", help="where the service is")
    parser.add_argument(
        "--api-key-env",
        metavar="VAR",
        help="the environment variable that holds the API key (default: an invented key)",
    )
    parser.add_argument(
        "--instance", metavar="CRN", help="the platform's instance: a CRN or a name"
    )
    parser.add_argument(
        "--dialect",
        choices=("platform", "classic", "both"),
        default="both",
        help="which API (default: %(default)s)",
    )
    parser.add_argument(
        "--examples",
        type=_count,
        default=5,
        metavar="N",
        help="how often the state machine is run, 0 for never (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the state machine")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--timeout", type=_seconds, default=20.0, metavar="S", help="of each request (default: 20)"
    )
    parser.add_argument(
        "--patience", type=_seconds, default=60.0, metavar="S", help="of each job (default: 60)"
    )
    parser.add_argument(
        "--budget",
        type=_seconds,
        default=900.0,
        metavar="S",
        help="of everything; what is not asked by then is not asked (default: 900)",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="examine one of IBM's own hosts: this submits jobs, which may cost money",
    )


def run(settings: argparse.Namespace) -> int:
    """Examine, and print."""
    import time

    from dryshot.conformance import CouldNotRun
    from dryshot.conformance.dialects import DIALECTS
    from dryshot.conformance.places import is_ibm
    from dryshot.conformance.running import examine
    from dryshot.conformance.scoreboard import as_json, as_text
    from dryshot.conformance.wire import OutOfTime, Wire

    if is_ibm(settings.url) and not settings.live:
        return _refuse(f"{settings.url} is IBM's own: say --live, for jobs that may cost money")
    variable = settings.api_key_env
    api_key = os.environ.get(variable, "") if variable else _INVENTED
    if not api_key:
        return _refuse(f"the variable {variable} holds no API key")
    names = list(DIALECTS) if settings.dialect == "both" else [settings.dialect]
    end = time.monotonic() + settings.budget

    def connect() -> Wire:
        return Wire(timeout=settings.timeout, budget=end - time.monotonic())

    try:
        findings = examine(
            settings.url,
            api_key,
            instance=settings.instance,
            dialects=names,
            examples=settings.examples,
            seed=settings.seed,
            patience=settings.patience,
            connect=connect,
        )
    except (CouldNotRun, OutOfTime, ValueError) as error:
        return _refuse(str(error).replace(api_key, "***"))
    documents = [document for name in names for document in DIALECTS[name].documents]
    show = as_json if settings.format == "json" else as_text
    sys.stdout.write(show(settings.url, findings, documents))
    return _FINDINGS if any(True for _ in findings) else 0


def _refuse(reason: str) -> int:
    sys.stderr.write(f"dryshot conformance: {reason}\n")
    return 1


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} examples; it is 0 or more")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return value
