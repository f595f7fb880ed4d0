"""A life that is lived once for all tests."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.server_state.admin import Lived, exported
from tests.server_state.stage import User, kept, seen, virtual
from tests.server_state.test_state import live


@pytest.fixture(scope="module")
def a_life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lived]:
    path = tmp_path_factory.mktemp("life") / "lived"
    with kept(path, virtual()) as tenants, closing(User(tenants)) as user:
        sessions = live(user)
        before = seen(user, tenants, sessions)
        return path, (user, sessions, before, exported(tenants))


@pytest.fixture
def lived(tmp_path: Path, a_life: tuple[Path, Lived]) -> Lived:
    """Someone who did everything, what is seen of it, and the state as the API gave it."""
    path, (user, sessions, before, value) = a_life
    shutil.copyfile(path, tmp_path / "lived")
    return user, sessions, before, json.loads(json.dumps(value))
