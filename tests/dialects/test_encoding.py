from __future__ import annotations

import json
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot.dialects.encoding import to_json
from dryshot.world import JobStatus

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(-1e300, 1e300) | st.text()
_VALUES = st.recursive(
    _LEAVES, lambda some: st.lists(some) | st.dictionaries(st.text(), some) | st.tuples(some)
)


@given(_VALUES)
def test_json_is_written_as_json_writes_it(value: Any) -> None:
    assert to_json(value) == json.dumps(value, separators=(",", ":")).encode()


def test_a_status_is_written_as_its_word() -> None:
    assert to_json({"status": JobStatus.QUEUED}) == b'{"status":"Queued"}'


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_number_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"value": [value]})


def test_what_json_does_not_have_is_not_written() -> None:
    with pytest.raises(TypeError, match="set is not JSON serializable"):
        to_json([{1, 2}])
