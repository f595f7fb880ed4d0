"""A test's recording played: it is read, it answers, and what of it was left over is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from dryshot.recording.player import Player
from dryshot.testing.hooks import PASSED, note
from dryshot.testing.options import Options
from dryshot.testing.stages import Stage, on_mock
from dryshot.testing.tapes import cassette_path, load

__all__ = ["Unused", "played"]


class Unused(Exception):
    """A test passed and did not ask for all that was recorded of it."""


@contextmanager
def played(item: pytest.Item, options: Options) -> Iterator[Stage]:
    """The player of the test's cassette, in this process.

    Raises:
        NoCassette: the test was never recorded.
        TooOld: the recording is older than the options allow.
        Unused: something was left over, and the options forbid that.
    """
    path = cassette_path(options.cassettes, item.nodeid)
    root = item.config.rootpath
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    player = Player(load(path, shown.as_posix(), options.max_age), strict=options.strict)
    with on_mock(player, lambda endpoint, _: endpoint, "replay") as stage:
        yield replace(stage, target=replace(stage.target, instance=_instance(player)))
    unused = player.unused
    if not unused or not item.stash.get(PASSED, False):
        return
    text = f"{shown.as_posix()} has what was never asked for: {'; '.join(unused)}"
    if options.fail_unused:
        raise Unused(f"{text} (--dryshot-fail-unused)")
    note(item, text)


def _instance(player: Player) -> str | None:
    """The instance of whoever was recorded: by its name, if they looked for it, else its CRN."""
    told = [one for cassette in player.cassettes for one in cassette.interactions]
    crns = (one.request.headers.get("service-crn") for one in told)
    crn = next(filter(None, crns), None)
    account = next(iter(player.world.accounts))
    instances = account.service_instances or ()
    chosen = next((one for one in instances if one.crn == crn), next(iter(instances), None))
    if chosen is None:
        return crn
    searched = any(one.operation == "platform-search.search_resources" for one in told)
    return chosen.name if searched else chosen.crn
