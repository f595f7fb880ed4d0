"""What the mocks of a failing test were asked: a section of its report, and files if wanted.

Fixtures say what they gave to a test, which is all that a test that passes does for it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dryshot.mock import Mock
    from dryshot.reports.cleaning import Clean

__all__ = ["OPTION", "add_options", "attach", "mute", "watch"]

OPTION = "--dryshot-attach"
TITLE = "dryshot: what was asked"

_WATCHED = pytest.StashKey[list[Any]]()
_TOLD = pytest.StashKey[bool]()
_LINES, _JOBS = 40, 20
_LONGEST = 12_000
_SMALL = 16 * 1024
_LARGE = 4 * 1024 * 1024
"""Bodies with more bytes are not in a section, or not in a file: secrets are looked for in all."""
_MOST = 1000
"""Exchanges in a file: the last ones."""


def add_options(group: pytest.OptionGroup) -> None:
    """Declare the option."""
    group.addoption(
        OPTION,
        metavar="DIR",
        help="write what the mocks of each failing test were asked into a directory of its own in "
        "DIR: timeline.txt, exchanges.har, requests.sh and world.json, without keys and tokens",
    )


def watch(node: pytest.Item, given: Any) -> None:
    """Remember what a fixture gave to a test: a mock, or what has one as ``mock``."""
    node.stash.setdefault(_WATCHED, []).append(given)


def mute(node: pytest.Item) -> None:
    """Say nothing of a test: somebody else tells why it failed."""
    node.stash[_TOLD] = True


def attach(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add the section to the first report of a test that says that it failed, and the files."""
    if _TOLD in item.stash:
        return
    mocks = list(_mocks(item))
    if not mocks:
        return
    item.stash[_TOLD] = True
    # a test's own failure must not be lost for this, and an error's text might hold a secret
    try:
        text = "\n\n".join(map(_section, mocks))
    except Exception as error:  # noqa: BLE001
        text = f"dryshot could not tell what was asked: {type(error).__name__}"
    directory = item.config.getoption(OPTION)
    if directory is not None:
        path = item.config.rootpath / directory / _name(item.nodeid)
        try:
            _write(mocks, path)
            text += f"\n\nWritten: {path}"
        except Exception as error:  # noqa: BLE001
            text += f"\n\ndryshot could not write {path}: {type(error).__name__}"
    report.sections.append((TITLE, text))


def _mocks(item: pytest.Item) -> Iterator[Mock]:
    """Those with anything to tell, each once."""
    from dryshot.mock import Mock

    seen: list[Any] = []
    for given in item.stash.get(_WATCHED, []):
        try:
            mock = given if isinstance(given, Mock) else given.mock
        except LookupError:  # a server let go of its world
            continue
        if isinstance(mock, Mock) and not any(mock is one for one in seen):
            seen.append(mock)
            yield mock


def _cleaned(mock: Mock, limit: int, last: int) -> Clean:
    from dryshot.reports.cleaning import clean

    entries = mock.journal.since(max(0, mock.journal.last - last))
    keys = [account.api_token for account in mock.world.accounts]
    return clean(entries, secrets=keys, max_body_bytes=limit)


def _section(mock: Mock) -> str:
    from dryshot.reports.timeline import lines_of, lines_of_jobs

    told = _cleaned(mock, _SMALL, 10 * _LINES)
    lines = lines_of(told, limit=_LINES) or ["nothing was asked"]
    with mock.clock.lock:
        lines += lines_of_jobs(told, mock.world.jobs.values(), limit=_JOBS)
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n... and more"


def _write(mocks: list[Mock], path: Path) -> None:
    from dryshot.recording.atomic import write_atomically
    from dryshot.reports.curl import script_of_clean
    from dryshot.reports.har import har_of_clean
    from dryshot.reports.state import state_of
    from dryshot.reports.timeline import lines_of, lines_of_jobs

    for number, mock in enumerate(mocks, 1):
        place = path if number == 1 else path / str(number)
        place.mkdir(parents=True, exist_ok=True)
        told = _cleaned(mock, _LARGE, _MOST)
        lines = [*lines_of(told), *lines_of_jobs(told, mock.world.jobs.values())]
        files = {
            "timeline.txt": "\n".join(lines),
            "exchanges.har": json.dumps(har_of_clean(told), indent=1),
            "requests.sh": script_of_clean(told),
            "world.json": told.text(json.dumps(state_of(mock), indent=1)),
        }
        for name, text in files.items():
            write_atomically(place / name, f"{text.rstrip()}\n".encode(errors="replace"))


def _name(nodeid: str) -> str:
    """A directory's name for a test: readable, short, and no other test's."""
    digest = hashlib.sha256(nodeid.encode(errors="surrogatepass")).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", nodeid).strip("-.")[-80:].lstrip("-.")
    return f"{readable}-{digest}"
