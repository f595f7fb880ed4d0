"""A test's recording played: it is read, it answers, and what of it was left over is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from dryshot.recording.player import Player
from dryshot.recording.problems import CassetteError
from dryshot.testing.hooks import PASSED, note
from dryshot.testing.options import Options
from dryshot.testing.stages import Stage, on_mock
from dryshot.testing.tapes import NoCassette, TooOld, cassette_path, load

__all__ = ["played"]


@contextmanager
def played(item: pytest.Item, options: Options) -> Iterator[Stage]:
    """The player of the test's cassette, in this process.

    The test fails, without a traceback, if it was never recorded, if its recording cannot be read
    or is older than the options allow, or if something was left over and the options forbid that.
    """
    path = cassette_path(options.cassettes, item.nodeid)
    root = item.config.rootpath
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    try:
        cassette = load(path, shown.as_posix(), options.max_age)
    except (NoCassette, TooOld, CassetteError) as error:
        pytest.fail(str(error), pytrace=False)
    player = Player(cassette, strict=options.strict)
    with on_mock(player, lambda endpoint, _: endpoint, "replay") as stage:
        yield replace(stage, target=replace(stage.target, instance=_instance(player)))
    unused = player.unused
    if not unused or not item.stash.get(PASSED, False):
        return
    text = f"{shown.as_posix()} has what was never asked for: {'; '.join(unused)}"
    if options.fail_unused:
        pytest.fail(f"{text} (--dryshot-fail-unused)", pytrace=False)
    note(item, text)


def _instance(player: Player) -> str | None:
    """What the recorded client was given, or else what it used first.

    By its name, if it looked for it, else its CRN.
    """
    given = next((one.instance for one in player.cassettes if one.instance), None)
    if given is not None:
        return given
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
