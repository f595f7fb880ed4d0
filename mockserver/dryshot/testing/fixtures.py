"""The stage of one test, as the options and its marks want it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dryshot.mock import Mock
from dryshot.testing.hooks import PASSED, costs_of, note
from dryshot.testing.options import OPTIONS, Options
from dryshot.testing.sentinels import ARGUMENTS

if TYPE_CHECKING:
    from dryshot.testing.stages import Stage, Wrap
    from dryshot.testing.tapes import Wrapping

__all__ = ["mock_settings", "staged"]


@contextmanager
def staged(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Set up the target of a test, record it if that is wanted, and take everything down."""
    options = request.config.stash[OPTIONS]
    path = _tape(request, options)
    if path is None:
        with _opened(request, options, lambda endpoint, _: endpoint) as stage:
            yield stage
        return
    with _recorded(request, options, path) as wrap, _opened(request, options, wrap) as stage:
        wrap.instance = stage.target.instance
        yield stage


def _tape(request: pytest.FixtureRequest, options: Options) -> Path | None:
    """Where the test is to be recorded, if it is."""
    if options.record == "none":
        return None
    from dryshot.testing.tapes import cassette_path

    path = cassette_path(options.cassettes, request.node.nodeid)
    return None if options.record == "once" and path.exists() else path


@contextmanager
def _opened(request: pytest.FixtureRequest, options: Options, wrap: Wrap) -> Iterator[Stage]:
    with ExitStack() as stack:
        if options.target == "mock":
            from dryshot.testing.stages import on_mock

            mock: Mock = request.getfixturevalue("dryshot")
            stage = stack.enter_context(on_mock(mock, wrap))
        elif options.target == "served":
            site = request.getfixturevalue("_dryshot_served_site")
            stage = stack.enter_context(site.opened(Mock(**mock_settings(request)), wrap))
        elif options.target == "live":
            site = request.getfixturevalue("_dryshot_live_site")
            marked = costs_of(request.node) is not None
            stage = stack.enter_context(site.opened(wrap, marked=marked))
        else:
            from dryshot.testing.playing import played

            stage = stack.enter_context(played(request.node, options))
        yield stage


@contextmanager
def _recorded(request: pytest.FixtureRequest, options: Options, path: Path) -> Iterator[Wrapping]:
    """Write a cassette when the test has passed."""
    from dryshot.testing.tapes import Wrapping, save

    wrapping = Wrapping()
    yield wrapping
    recorder = wrapping.recorder
    if recorder is None or not recorder.interactions:
        return
    if not request.node.stash.get(PASSED, False):
        note(request.node, "not recorded, for it did not pass")
        return
    live = options.live
    secrets = () if live is None else (live.api_key,)
    instance = wrapping.instance
    save(recorder, path, target=options.target, secrets=secrets, instance=instance)


def mock_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The marker's arguments; those nearest to the test win."""
    settings: dict[str, Any] = {}
    for marker in request.node.iter_markers("dryshot"):
        known = inspect.signature(Mock).parameters  # not before: it takes a fiftieth of a fixture
        if marker.args:
            raise pytest.UsageError(f"{request.node.nodeid}: the marker dryshot takes names only")
        for name, value in marker.kwargs.items():
            if name in ARGUMENTS:
                continue
            if name not in known:
                names = ", ".join([*known, *sorted(ARGUMENTS)])
                raise pytest.UsageError(
                    f"{request.node.nodeid}: the marker dryshot has no argument {name!r}; "
                    f"it has {names}"
                )
            settings.setdefault(name, value)
    return settings
