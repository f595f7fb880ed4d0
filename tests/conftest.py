"""What all tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest


@pytest.fixture
def _imported() -> Iterator[dict[str, ModuleType]]:
    """What was imported in the test comes back when ``pytester`` has taken it away.

    At its end pytester removes what it did not find in ``sys.modules`` at its beginning: an
    installed library imported in the meantime (ours are imported late) would then be loaded a
    second time by a later test, and the exceptions of the one are not those of the other.
    """
    imported = dict[str, ModuleType]()
    yield imported
    for name, module in imported.items():
        sys.modules.setdefault(name, module)


@pytest.fixture
def pytester(
    _imported: dict[str, ModuleType], pytester: pytest.Pytester
) -> Iterator[pytest.Pytester]:
    """Pytest's own, whose runs are processes of their own (``runpytest_subprocess``)."""
    yield pytester
    _imported.update(sys.modules)
