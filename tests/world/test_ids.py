from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryshot.clock import Clock
from dryshot.world.ids import IdSource, XidFields, decode_xid, encode_xid, stream
from dryshot.world.work import Lot

fields = st.builds(
    XidFields,
    seconds=st.integers(0, 2**32 - 1),
    machine=st.integers(0, 2**24 - 1),
    pid=st.integers(0, 2**16 - 1),
    counter=st.integers(0, 2**24 - 1),
)


@given(fields)
def test_ids_read_back(value: XidFields) -> None:
    text = encode_xid(value)
    assert len(text) == 20
    assert text[-1] in "0g"
    assert decode_xid(text) == value


def test_the_notebooks_id_is_that_of_its_instant() -> None:
    clock = Clock("2023-09-11T17:27:49Z")
    assert IdSource().new(clock) == "cjvks5fp8blo0kgog530"


@pytest.mark.parametrize(
    ("text", "created"),
    [
        ("c5dge2d3rn7breq27i9g", datetime(2021, 10, 4, 13, 52, 9, tzinfo=UTC)),
        ("cnbnd1mj1613i2jfch3g", datetime(2024, 2, 22, 16, 29, 58, tzinfo=UTC)),
        ("ckr4vtnnetonc3t62v5g", datetime(2023, 10, 23, 10, 50, 30, tzinfo=UTC)),
    ],
)
def test_real_ids_hold_the_instant_they_were_made_at(text: str, created: datetime) -> None:
    assert decode_xid(text).created == created
    assert encode_xid(decode_xid(text)) == text


@pytest.mark.parametrize("text", ["", "c5dge2d3rn7breq27i9", "C5DGE2D3RN7BREQ27I9G", "z" * 20])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        decode_xid(text)


def test_the_counter_wraps_and_no_id_repeats() -> None:
    source = IdSource(counter=2**24 - 1)
    clock = Clock("2023-09-11T17:27:49Z")
    first, second = source.new(clock), source.new(clock)
    assert decode_xid(first).counter == 2**24 - 1
    assert decode_xid(second).counter == 0


@given(st.integers(), st.lists(st.text(), max_size=3))
def test_streams_are_the_same_for_the_same_names(seed: int, names: list[str]) -> None:
    assert stream(seed, *names).random() == stream(seed, *names).random()
    assert stream(seed, *names).random() != stream(seed + 1, *names).random()


@given(seed=st.integers(), job_id=st.text())
def test_a_job_has_the_seed_that_is_drawn_for_it_in_whatever_process(
    seed: int, job_id: str
) -> None:
    lot = Lot(seed, job_id)
    again = pickle.loads(pickle.dumps(lot))  # noqa: S301 - its own bytes
    assert again.draw() == lot.draw()
    assert lot.draw() == stream(seed, "job", job_id).getrandbits(63)
