"""``dryshot serve``: the mock at a port, for any program in any language."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable

from dryshot.commands.options import declare_world

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

_GARBAGE = (700, 10, 1000)
"""Python's own thresholds, but for the last: collections of all that lives are rare."""

HELP = "serve the mock at a port, for any program in any language"
DESCRIPTION = (
    "Serve every API at one port. Each API key has a world of its own. Services are told apart by "
    "path, or by the first labels of the host (iam., quantum., eu-de.quantum., ...). "
    "SIGINT or SIGTERM end it when the answers under way are given, a second one at once. The exit "
    "code is then 0, or 128 and the signal's number; 1 if it cannot be served."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=_port, default=8787, help="0 takes any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen also where other machines reach it: whoever does may use and change every "
        "world; API keys are invented, so they keep nobody out, and nothing is encrypted",
    )
    parser.add_argument(
        "--ready-fd", type=int, metavar="N", help="write the URL to this file descriptor when ready"
    )
    parser.add_argument("--state", metavar="FILE", help="keep everything in this file")
    declare_world(parser, clock="wall")
    parser.add_argument(
        "--backend",
        action="append",
        default=[],
        type=_backend,
        metavar="NAME[:QUBITS]",
        help="one device more, of 127 qubits if it is not said (repeatable)",
    )
    parser.add_argument(
        "--auto-accounts",
        action="store_true",
        help="let any API key open an account, even where accounts are declared",
    )
    places = parser.add_mutually_exclusive_group()
    places.add_argument(
        "--workers",
        type=_count,
        metavar="N",
        help="compute in N processes, which start with the first job; 0 computes in the server's "
        "threads (default: as many as there are CPUs, for the aer engine)",
    )
    places.add_argument("--dask", metavar="URL", help="compute on the Dask cluster at URL")


def run(settings: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    gc.disable()  # nothing becomes garbage while modules load
    from dryshot.errors import DryshotError, MissingExtra
    from dryshot.server.composition import compose
    from dryshot.server.listening import listen
    from dryshot.server.serving import serve

    try:
        # Before anything else is made: a port that is taken is told at once, and clients that are
        # early wait in its queue.
        with (
            listen(settings.host, settings.port, allow_remote=settings.allow_remote) as listener,
            compose(settings) as (tenants, threads),
            serve(tenants, listener=listener, threads=threads) as server,
        ):
            gc.freeze()
            # What is kept (jobs, exchanges) is no garbage: going over it would stop every answer.
            gc.set_threshold(*_GARBAGE)
            gc.enable()
            _stop_on_signals(server.stop)
            _announce(server.url, settings.ready_fd)
            if settings.allow_remote:
                sys.stderr.write(
                    f"dryshot serve: --allow-remote: whoever reaches port {server.port} of this "
                    "machine may use and change every world; nothing is encrypted\n"
                )
            server.wait()
    except MissingExtra:
        raise
    except DryshotError as error:
        sys.stderr.write(f"dryshot serve: {error}\n")
        return 1
    finally:
        gc.enable()
    return 0


def _announce(url: str, ready_fd: int | None) -> None:
    sys.stdout.write(f"dryshot is ready at {url}\n")
    sys.stdout.flush()
    if ready_fd is not None:
        with os.fdopen(ready_fd, "w") as ready:
            ready.write(f"{url}\n")


def _stop_on_signals(stop: Callable[[], None]) -> None:
    begun: list[int] = []

    def handle(number: int, _frame: object) -> None:
        if begun:
            os._exit(128 + number)
        begun.append(number)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1 << 16:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 0 to 65535")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} workers; it is 0 or more")
    return value


def _backend(text: str) -> tuple[str, int]:
    name, _, qubits = text.partition(":")
    if not name or (qubits and not qubits.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME or NAME:QUBITS")
    return name, int(qubits or 127)
