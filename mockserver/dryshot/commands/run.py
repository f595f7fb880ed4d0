"""``dryshot run``: any command, offline, with the mock in the place of IBM's services."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from dryshot.commands.options import declare_allowed_hosts, declare_world

if TYPE_CHECKING:
    from dryshot.mock import Mock

__all__ = ["DESCRIPTION", "HELP", "declare", "run"]

HELP = "run a command, in any language, with the mock in the place of IBM's services"
DESCRIPTION = (
    "Run a command whose https calls to IBM's hosts are answered by a mock of its own. "
    "Every other host is refused. The exit code is the command's."
)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.usage = "dryshot run [options] -- CMD ..."
    declare_world(parser, clock="virtual")
    declare_allowed_hosts(parser)
    parser.add_argument("--quiet", action="store_true", help="no summary on stderr")
    parser.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="CMD", help="the command and its arguments"
    )


def run(settings: argparse.Namespace) -> int:
    """Run the command and give its exit code."""
    if os.name != "posix":
        return _fail("signals and terminals are seen to on POSIX systems only", 2)

    from dryshot.errors import DryshotError, MissingExtra
    from dryshot.server.application import application
    from dryshot.server.child import CANNOT_RUN, NOT_FOUND, run_child, signals_held
    from dryshot.server.enclosure import enclose
    from dryshot.server.summary import Tally

    program = settings.program[settings.program[:1] == ["--"] :]
    if not program:
        return _fail("no command to run; it follows the options: dryshot run -- CMD ...", 2)
    with signals_held() as held:
        try:
            mock = _mock(settings)
        except MissingExtra:
            raise
        except DryshotError as error:
            return _fail(str(error), 2)
        tally = Tally(mock)
        with enclose(
            application(tally),
            mock.hosts,
            environ=os.environ,
            allow_hosts=settings.allow_host,
        ) as enclosure:
            try:
                code = run_child(program, enclosure.environ, held=held)
            except FileNotFoundError:
                return _fail(f"{program[0]}: there is no such command", NOT_FOUND)
            except OSError as error:
                return _fail(f"{program[0]}: cannot be run: {error.strerror}", CANNOT_RUN)
        if not settings.quiet:
            sys.stderr.write("\n".join((*tally.lines(enclosure.refused), "")))
            sys.stderr.flush()
    return code


def _mock(settings: argparse.Namespace) -> Mock:
    import time
    from datetime import UTC, datetime

    from dryshot.mock import NOTEBOOK_START, Mock
    from dryshot.server.clocks import ServedClock
    from dryshot.server.composition import asked_scenario, pace
    from dryshot.world.limits import Limits

    virtual = settings.clock == "virtual"
    scenario = asked_scenario(settings)
    return Mock(
        seed=settings.seed,
        engine=settings.engine,
        world=settings.world,
        clock=NOTEBOOK_START if virtual else ServedClock(datetime.now(UTC), time.time),
        pace=pace(settings, scenario),
        limits=Limits.of(dict(settings.limit)),
        era=settings.era,
        scenario=scenario,
    )


def _fail(text: str, code: int) -> int:
    sys.stderr.write(f"dryshot run: {text}\n")
    return code
