"""Sentinels around a test: which of them watch, and what becomes of what they found.

It is imported by every pytest, so it needs the standard library and pytest only.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dryshot.mock import Mock
    from dryshot.targets import Target

__all__ = ["ARGUMENTS", "add_options", "allowed_hosts", "guard_target", "guarded"]

ARGUMENTS = frozenset({"sentinels", "allow_hosts"})
"""The arguments of the marker ``dryshot`` that are not the mock's."""

_NAMES = ("key", "url", "socket", "duplicate")


def add_options(group: pytest.OptionGroup) -> None:
    """Declare them."""
    group.addoption(
        "--dryshot-sentinels",
        metavar="NAMES",
        type=_option,
        default=_NAMES,
        help="what makes a test fail that uses a fixture of dryshot, unless the target is live: an "
        "API key that is sent elsewhere than to log in (key), a credential in a URL (url), a "
        "socket to another machine (socket); and what makes it warn: work that is submitted again "
        "after an answer was lost (duplicate). Names and commas, or all (the default), or none",
    )
    group.addoption(
        "--dryshot-allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="let sockets of such tests go to this host (repeatable)",
    )


def allowed_hosts(request: pytest.FixtureRequest) -> list[str]:
    """The hosts that a test may reach, by its options and its marks."""
    hosts = list(request.config.getoption("--dryshot-allow-host"))
    for marker in request.node.iter_markers("dryshot"):
        given = marker.kwargs.get("allow_hosts", ())
        if isinstance(given, str) or not all(isinstance(host, str) for host in given):
            raise _usage(request, f"allow_hosts is a collection of host names, not {given!r}")
        hosts += given
    return hosts


@contextmanager
def guarded(request: pytest.FixtureRequest, mock: Mock, *keys: str) -> Iterator[None]:
    """Let the chosen sentinels watch a test; ``keys`` are known besides the mock's own."""
    chosen = _chosen(request)
    if not chosen:
        yield
        return
    from dryshot.sentinels import watched

    since = mock.journal.last
    mock.sentinels.declare(*keys)
    with ExitStack() as stack:
        allowed = allowed_hosts(request)
        watch = stack.enter_context(watched(allowed)) if "socket" in chosen else None
        yield
    found: list[Any] = [leak for leak in mock.sentinels.leaks(since) if leak.kind in chosen]
    found += () if watch is None else watch.contacts
    _tell(found, mock.sentinels.duplicates(since) if "duplicate" in chosen else ())


@contextmanager
def guard_target(
    request: pytest.FixtureRequest, target: Target, mock: Mock | None
) -> Iterator[None]:
    """The same for a test's target; the mock in this process is guarded by its own fixture."""
    if mock is None:
        yield
    elif target.kind == "mock":
        mock.sentinels.declare(target.api_token)
        yield
    else:
        with guarded(request, mock, target.api_token):
            yield


def _tell(found: list[Any], duplicates: Iterable[Any]) -> None:
    """Fail for what was found; warn of what was submitted again after its answer was lost."""
    from dryshot.sentinels import DuplicateSubmission

    again = [one for one in duplicates if one.from_lost_answer]
    if found:
        lines = "\n".join(f"- {one}" for one in [*found, *again])
        pytest.fail(f"dryshot's sentinels found what must not be:\n{lines}", pytrace=False)
    for one in again:
        warnings.warn(str(one), DuplicateSubmission, stacklevel=2)


def _chosen(request: pytest.FixtureRequest) -> Collection[str]:
    for marker in request.node.iter_markers("dryshot"):
        if "sentinels" in marker.kwargs:
            given = marker.kwargs["sentinels"]
            try:
                return _names(given.split(",") if isinstance(given, str) else list(given or ()))
            except (TypeError, ValueError) as error:
                raise _usage(request, f"sentinels: {error}") from error
    names: Collection[str] = request.config.getoption("--dryshot-sentinels")
    return names


def _names(given: Iterable[str]) -> tuple[str, ...]:
    names = tuple(given)
    if names == ("all",):
        return _NAMES
    if names == ("none",):
        return ()
    for name in names:
        if name not in _NAMES:
            known = ", ".join(_NAMES)
            raise ValueError(f"{name!r} is no sentinel; there are {known}, or all, or none")
    return names


def _option(text: str) -> tuple[str, ...]:
    try:
        return _names(text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _usage(request: pytest.FixtureRequest, text: str) -> pytest.UsageError:
    return pytest.UsageError(f"{request.node.nodeid}: the marker dryshot: {text}")
