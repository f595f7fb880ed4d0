"""What is no result of a primitive is refused with its path, and only as a ``ValueError``."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dryshot_client.platform.results import read_estimator_result, read_sampler_result
from tests.client.platform.primitives_stage import answers


def plain(**data: Any) -> dict[str, Any]:
    return {"results": [{"data": data, "metadata": {}}], "metadata": {}}


def word(*samples: Any, num_bits: Any = 2) -> dict[str, Any]:
    return {"samples": list(samples), "num_bits": num_bits}


AT = r"\$.results\[0\].data.c"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (None, r"\$ is not an object"),
        ("Traceback", r"\$ is not an object"),
        ({}, r"\$.results is not a list"),
        ({"results": [3], "metadata": {}}, r"\$.results\[0\] is not an object"),
        ({"results": []}, r"\$.metadata is not an object"),
        ({"results": [{"data": {}}], "metadata": {}}, r"\$.results\[0\].metadata is not"),
        ({"__type__": "PubResult", "__value__": {}}, r"\$ is not a PrimitiveResult"),
        ({"__type__": ["PrimitiveResult"]}, r"\$ is not a PrimitiveResult"),
        ({"__type__": "PrimitiveResult"}, r"\$.__value__ is not an object"),
        (plain(c=3), rf"{AT} is neither a register nor points"),
        (plain(c=[1, 2]), rf"{AT} is neither a register nor points"),
        (plain(c=[[1, 2, 3]]), rf"{AT} is neither a register nor points"),
        (plain(c=[[1, 10**400]]), rf"{AT} holds a number that is too large"),
        (plain(c=[["a", 2]]), rf"{AT} holds 'a'"),
        (plain(c={}), rf"{AT}.num_bits"),
        (plain(c=word(num_bits=True)), rf"{AT}.num_bits"),
        (plain(c={"num_bits": 1, "samples": "0x1"}), rf"{AT}.samples is not a list"),
        (plain(c=word("0x4")), rf"{AT}.samples holds a number of more than 2 bits"),
        (plain(c=word("0x1,0x2")), rf"{AT}.samples holds '0x1,0x2'"),
        (plain(c=word("0x")), rf"{AT}.samples holds '0x'"),
        (plain(c=word("")), rf"{AT}.samples holds ''"),
        (plain(c=word("3")), rf"{AT}.samples holds '3'"),
        (plain(c=word("-0x1")), rf"{AT}.samples holds '-0x1'"),
        (plain(c=word(1)), rf"{AT}.samples holds 1"),
        (plain(c=word("0x1", ["0x1"])), rf"{AT}.samples mixes"),
        (plain(c=word(["0x1"], ["0x1", "0x2"])), rf"{AT}.samples is nested unevenly"),
    ],
)
def test_what_is_no_result_of_a_sampler_is_refused_with_its_path(body: Any, where: str) -> None:
    with pytest.raises(ValueError, match=f"^{where}"):
        read_sampler_result(body)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (plain(evs=1), r"\$.results\[0\].data has no stds"),
        (plain(evs=True, stds=1), r"\$.results\[0\].data.evs holds True"),
        (plain(evs=[1, [2]], stds=1), r"\$.results\[0\].data.evs mixes"),
        (plain(evs=1, stds="x"), r"\$.results\[0\].data.stds holds 'x'"),
    ],
)
def test_what_is_no_result_of_an_estimator_is_refused_with_its_path(body: Any, where: str) -> None:
    with pytest.raises(ValueError, match=f"^{where}"):
        read_estimator_result(body)


@pytest.mark.parametrize("typed", [False, True])
def test_results_of_the_other_primitive_are_refused(*, typed: bool) -> None:
    with pytest.raises(ValueError, match=r"^\$"):
        read_sampler_result(json.loads(answers("estimator values", typed=typed)))
    with pytest.raises(ValueError, match=r"^\$"):
        read_estimator_result(json.loads(answers("sampler bits", typed=typed)))


def test_an_array_that_is_damaged_is_refused_with_its_path() -> None:
    body = json.loads(answers("sampler bits", typed=True))
    data = body["__value__"]["pub_results"][0]["__value__"]["data"]["__value__"]
    data["fields"]["c"]["__value__"]["array"]["__value__"] = "eJw="
    where = "$.__value__.pub_results[0].__value__.data.__value__.fields.c.__value__.array"
    with pytest.raises(ValueError, match="array") as caught:
        read_sampler_result(body)
    assert str(caught.value).startswith(where)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
) | st.sampled_from(
    ["ndarray", "BitArray", "DataBin", "complex", 10**400, {"__type__": "set", "__value__": [{}]}]
)


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize(
    ("case", "read"),
    [
        ("sampler bits", read_sampler_result),
        ("sampler points", read_sampler_result),
        ("estimator values", read_estimator_result),
    ],
)
@given(data=st.data())
@settings(deadline=None, max_examples=100, derandomize=True)
def test_only_value_errors_come_of_damaged_results(
    case: str, read: Any, *, typed: bool, data: st.DataObject
) -> None:
    body = json.loads(answers(case, typed=typed))
    spots = list(places(body))
    container, key = data.draw(st.sampled_from(range(len(spots))).map(spots.__getitem__))
    if data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = copy.deepcopy(data.draw(JUNK))
    with contextlib.suppress(ValueError):
        for pub in read(body):
            repr(pub)


def test_depth_is_refused_in_either_form() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        read_sampler_result(plain(c=deep))
    typed = {"pub_results": [], "metadata": {"a": deep}}
    with pytest.raises(ValueError, match="nested too deeply"):
        read_sampler_result({"__type__": "PrimitiveResult", "__value__": typed})


def test_registers_of_unequal_shots_are_not_joined() -> None:
    (pub,) = read_sampler_result(plain(c=word("0x1"), d=word("0x1", "0x2")))
    with pytest.raises(ValueError, match="same shape and number of shots"):
        pub.joined()


def test_a_field_of_one_number_is_nothing_a_sampler_gives() -> None:
    body = json.loads(answers("sampler points", typed=True))
    data = body["__value__"]["pub_results"][0]["__value__"]["data"]["__value__"]
    data["fields"]["low"] = {"__type__": "ndarray", "__value__": 1.5}
    with pytest.raises(ValueError, match=r"fields\.low is not an array"):
        read_sampler_result(body)
