"""Libraries that are imported while a mock is active, or while somebody else imports them."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from dryshot.http import Response
from dryshot.mounts.activation import activate
from dryshot.mounts.arrivals import Arrivals
from tests.mounts.test_activation_contexts import python

NAME = "dryshot_late_library"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module that can be imported and was not yet."""
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / f"{NAME}.py"
    path.write_text("VALUE = 7\n")
    yield path
    sys.modules.pop(NAME, None)


@contextmanager
def installed(arrivals: Arrivals) -> Iterator[None]:
    arrivals.install()
    try:
        yield
    finally:
        arrivals.remove()


@pytest.mark.usefixtures("library")
def test_it_tells_once_when_all_of_a_library_is_there_and_leaves_no_trace() -> None:
    told: list[int] = []
    arrivals = Arrivals([NAME], lambda name: told.append(sys.modules[name].VALUE))
    with installed(arrivals):
        assert arrivals.here() == []
        module = importlib.import_module(NAME)
        assert arrivals.here() == [NAME]
        importlib.import_module(NAME)
    assert told == [7]
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert type(module.__loader__).__module__ != Arrivals.__module__
    assert arrivals not in sys.meta_path


@pytest.mark.usefixtures("library")
def test_what_it_was_told_for_can_forbid_the_import() -> None:
    def refuse(name: str) -> None:
        raise RuntimeError(f"not {name}")

    with installed(Arrivals([NAME], refuse)):
        with pytest.raises(RuntimeError, match=f"not {NAME}"):
            importlib.import_module(NAME)
        assert NAME not in sys.modules


def test_an_import_that_another_thread_has_begun_is_waited_for(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    events = ModuleType(f"{NAME}_events")
    events.__dict__.update(begun=begun, go_on=go_on)
    monkeypatch.setitem(sys.modules, events.__name__, events)
    library.write_text(
        f"from {events.__name__} import begun, go_on\nbegun.set()\nassert go_on.wait(20)\nVALUE = 7"
    )
    importer = threading.Thread(target=importlib.import_module, args=[NAME])
    importer.start()
    assert begun.wait(20)
    arrivals = Arrivals([NAME], str)
    with installed(arrivals):
        threading.Timer(0, go_on.set).start()
        assert arrivals.here() == [NAME]
        assert sys.modules[NAME].VALUE == 7
    importer.join(20)


def test_what_is_not_installed_is_not_here() -> None:
    arrivals = Arrivals(["dryshot_no_such_library"], str)
    with installed(arrivals):
        assert arrivals.here() == []
        with pytest.raises(ModuleNotFoundError, match="dryshot_no_such_library"):
            importlib.import_module("dryshot_no_such_library")


def test_ending_an_activation_twice_leaves_the_others_as_they_are() -> None:
    before = list(sys.meta_path)
    with activate(lambda _: Response(200), {"api.example"}):
        again = activate(lambda _: Response(200), {"api.example"})
        with again:
            pass
        again.__exit__(None, None, None)
        assert len(sys.meta_path) == len(before) + 1
    assert sys.meta_path == before


def test_no_library_is_imported_for_an_activation_and_each_is_caught_when_it_is() -> None:
    assert (
        python(
            """
import sys
from dryshot.http import Response
from dryshot.mounts.activation import activate
finders = list(sys.meta_path)
with activate(lambda _: Response(200, {}, b"asked"), {"api.example"}):
    assert not {"httpx", "urllib3", "respx"} & set(sys.modules)
    import httpx
    inside = httpx.Client(), httpx.HTTPTransport.handle_request
    print(httpx.get("https://api.example/").text, inside[0].get("https://api.example/").text)
    import urllib3
    print(urllib3.request("GET", "https://api.example/").data.decode())
assert sys.meta_path == finders
assert httpx.HTTPTransport.handle_request is not inside[1]
assert httpx.HTTPTransport.handle_request.__module__ == "httpx._transports.default"
assert urllib3.HTTPConnectionPool.urlopen.__module__ == "urllib3.connectionpool"
"""
        ).split()
        == ["asked"] * 3
    )
