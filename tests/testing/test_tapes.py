"""Where the cassettes of tests are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot.testing.tapes import cassette_path

ROOT = Path("cassettes")


@pytest.mark.parametrize(
    ("nodeid", "path"),
    [
        ("tests/test_a.py::test_b", "tests/test_a/test_b.yaml"),
        ("test_a.py::TestC::test_b[x-1]", "test_a/TestC.test_b[x-1].yaml"),
        ("../other/test_a.py::test_b", "other/test_a/test_b.yaml"),
    ],
)
def test_a_cassette_is_named_like_its_test(nodeid: str, path: str) -> None:
    assert cassette_path(ROOT, nodeid) == ROOT / path


@given(names=st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
def test_every_name_makes_a_file_of_its_own_in_the_folder(names: list[str]) -> None:
    first, second = (cassette_path(ROOT, f"test_a.py::test_b[{name}]") for name in names)
    assert first != second
    assert first.parent == second.parent == ROOT / "test_a"
    assert len(first.name.encode()) < 200
