"""Options that several commands have: what a world is like, and how its jobs go."""

from __future__ import annotations

import argparse
from typing import Literal

__all__ = ["declare_allowed_hosts", "declare_world"]


def declare_world(parser: argparse.ArgumentParser, *, clock: Literal["virtual", "wall"]) -> None:
    """Add them; ``clock`` is the kind that goes unless another is asked for."""
    parser.add_argument("--seed", type=int, default=0, help="another seed, other results")
    parser.add_argument(
        "--engine",
        choices=("auto", "aer", "stub"),
        default="auto",
        help="what computes jobs: qiskit-aer, or invented values (default: what is installed)",
    )
    parser.add_argument(
        "--era",
        choices=("2023-09", "2023-11", "2024-03"),
        help="which time of the classic API it is (default: what the world or the scenario "
        "declares, else 2023-09)",
    )
    parser.add_argument("--world", metavar="FILE", help="accounts and devices, declared in YAML")
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="what goes wrong: a ready-made script such as busy-queue (dryshot scenarios lists "
        "them), or one in YAML (repeatable: all of them)",
    )
    parser.add_argument(
        "--clock",
        choices=("virtual", "wall"),
        default=clock,
        help="virtual: from 11 September 2023, a second with each request; wall: now "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--queue-seconds", type=_seconds, metavar="S", help="how long a job waits for its device"
    )
    parser.add_argument("--run-seconds", type=_seconds, metavar="S", help="how long a job runs")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        type=_limit,
        metavar="NAME=VALUE",
        help="what the service takes, such as submissions_per_minute=5, or off for any number of "
        "something: tags, tag_length, cost, payload_bytes, shots, plans, usage (repeatable)",
    )


def declare_allowed_hosts(parser: argparse.ArgumentParser) -> None:
    """Add ``--allow-host``, of commands that lead another one's calls."""
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        type=_outside,
        metavar="NAME",
        help="let this host through to the network (repeatable; never one of IBM's)",
    )


def _outside(name: str) -> str:
    from dryshot.server.proxy import is_vendor

    if is_vendor(name):
        raise argparse.ArgumentTypeError(f"{name} is IBM's: nothing is ever sent there")
    if not name or set(name) & set("/:@ "):
        raise argparse.ArgumentTypeError(f"{name!r} is no host name: no scheme, port or path")
    return name


def _limit(text: str) -> tuple[str, object]:
    from dryshot.world.limits import Limits

    name, equals, given = text.partition("=")
    value: object = {"off": None, "on": True}.get(given, given)
    if not equals or not given:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    if name in {"plans", "uploads"} and value is None:
        value = False
    elif given.isascii() and given.isdecimal():
        value = int(given)
    try:
        Limits.of({name: value})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return name, value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not 0 or more seconds")
    return value
