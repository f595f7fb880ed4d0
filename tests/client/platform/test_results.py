"""Results are read from both of their forms, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from qiskit.primitives import (
    BitArray,
    DataBin,
    PrimitiveResult,
    PubResult,
    SamplerPubResult,
)
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder

from dryshot_client.platform.results import (
    EstimatorResult,
    SamplerResult,
    read_estimator_result,
    read_sampler_result,
)
from tests.client.platform.primitives_stage import answers


def sampled(case: str = "sampler bits", *, typed: bool) -> SamplerResult:
    return read_sampler_result(json.loads(answers(case, typed=typed)))


def estimated(case: str = "estimator values", *, typed: bool) -> EstimatorResult:
    return read_estimator_result(json.loads(answers(case, typed=typed)))


def judged(case: str) -> Any:
    return json.loads(answers(case, typed=True), cls=RuntimeDecoder)


@pytest.mark.parametrize("typed", [False, True])
def test_counts_are_those_of_the_judge_in_both_forms(*, typed: bool) -> None:
    judge, result = judged("sampler bits"), sampled(typed=typed)
    assert len(result) == len(list(result)) == 2
    first, second = result
    assert first == result[0] == result[-2]
    assert list(second.registers) == ["low", "high"]
    assert first.counts() == judge[0].data.c.get_counts()
    assert first.bitstrings() == judge[0].data.c.get_bitstrings()
    assert second.registers["low"].shape == (2, 3)
    for name in ("low", "high"):
        bits = judge[1].data[name]
        assert second.counts(name) == bits.get_counts()
        assert second.counts(name, (1, -1)) == bits.get_counts((1, 2))
        assert second.bitstrings(name, (0, 1)) == bits.get_bitstrings((0, 1))
    joined, bits = second.joined(), judge[1].join_data()
    assert (joined.num_bits, joined.shape) == (3, (2, 3))
    assert joined.bitstrings() == bits.get_bitstrings()
    turned = second.joined(["high", "low"])
    assert turned.bitstrings((0, 0)) == judge[1].join_data(["high", "low"]).get_bitstrings((0, 0))
    assert first.metadata == {"circuit_metadata": {}}
    assert result.metadata["version"] == 2


def test_both_forms_read_alike() -> None:
    assert sampled(typed=True).pubs == sampled(typed=False).pubs
    assert sampled("sampler points", typed=True).pubs == sampled("sampler points", typed=False).pubs
    for case in ("estimator values", "estimator zne"):
        assert estimated(case, typed=True).pubs == estimated(case, typed=False).pubs


def test_points_are_nested_lists_of_complex_numbers() -> None:
    (pub,) = sampled("sampler points", typed=False)
    assert pub.registers == {}
    assert pub.data["low"] == judged("sampler points")[0].data.low.tolist()
    assert np.shape(pub.data["low"]) == (2, 3, 3, 2)


@pytest.mark.parametrize("typed", [False, True])
def test_expectation_values_are_those_of_the_judge_in_both_forms(*, typed: bool) -> None:
    judge, result = judged("estimator values"), estimated(typed=typed)
    assert [pub.shape for pub in result] == [(), (2, 3)]
    for pub, expected in zip(result, judge, strict=True):
        assert pub.evs == expected.data.evs.tolist()
        assert pub.stds == expected.data.stds.tolist()
        assert pub.ensemble_standard_error == expected.data.ensemble_standard_error.tolist()
        assert pub.metadata["target_precision"] == 0.1
    assert isinstance(result[0].evs, float)


def test_what_zne_adds_is_among_the_data() -> None:
    (pub,) = estimated("estimator zne", typed=False)
    expected = judged("estimator zne")[0].data
    assert pub.data.keys() == set(expected)
    assert pub.data["evs_noise_factors"] == expected.evs_noise_factors.tolist()
    assert pub.data["evs_extrapolated"] == expected.evs_extrapolated.tolist()


def test_a_register_must_be_named_where_there_are_several() -> None:
    one, several = sampled(typed=False)
    with pytest.raises(ValueError, match=r"register must be named; .*: low, high"):
        several.counts()
    with pytest.raises(ValueError, match=r"register 'mid' is unknown; .*: low, high"):
        several.bitstrings("mid")
    with pytest.raises(ValueError, match="names is empty"):
        several.joined([])
    with pytest.raises(ValueError, match="names is empty"):
        sampled("sampler points", typed=False)[0].joined()
    assert one.joined() == one.registers["c"]


@pytest.mark.parametrize("index", [0, (0,), (0, 0, 0), (2, 0), (0, -4)])
def test_an_index_that_does_not_fit_is_refused(index: Any) -> None:
    with pytest.raises(ValueError, match=r"^index .* shape"):
        sampled(typed=False)[1].counts("low", index)


def test_a_result_does_not_print_every_shot() -> None:
    assert "samples" not in repr(sampled(typed=False))


BITS = st.tuples(st.integers(1, 70), hnp.array_shapes(min_dims=1, max_dims=2, max_side=3))


@given(st.lists(BITS, min_size=1, max_size=3), st.integers(1, 5), st.randoms())
@settings(deadline=None, derandomize=True)
def test_whatever_the_sdk_encodes_is_read_alike(
    pubs: list[tuple[int, tuple[int, ...]]], shots: int, random: Any
) -> None:
    made = []
    for num_bits, shape in pubs:
        table = np.array(
            [random.random() < 0.5 for _ in range(shots * num_bits * int(np.prod(shape)))]
        ).reshape(*shape, shots, num_bits)
        data = DataBin(c=BitArray.from_bool_array(table), shape=shape)
        made.append(SamplerPubResult(data, {"note": {1, 2}}))
    whole = PrimitiveResult(made, {"version": 2})
    result = read_sampler_result(json.loads(json.dumps(whole, cls=RuntimeEncoder)))
    assert result.metadata == {"version": 2}
    for pub, expected in zip(result, made, strict=True):
        assert pub.metadata == expected.metadata
        assert pub.registers["c"].shape == expected.data.c.shape
        assert pub.bitstrings() == expected.data.c.get_bitstrings()


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)))
@settings(deadline=None, derandomize=True)
def test_expectation_values_of_any_shape_are_read_even_if_they_are_no_numbers(values: Any) -> None:
    data = DataBin(evs=values, stds=values, shape=values.shape)
    whole = PrimitiveResult([PubResult(data, {})], {})
    typed = json.loads(json.dumps(whole, cls=RuntimeEncoder))
    plain = {"evs": values.tolist(), "stds": values.tolist()}
    body = {"results": [{"data": plain, "metadata": {}}], "metadata": {}}
    for one in (typed, json.loads(json.dumps(body))):
        (pub,) = read_estimator_result(one)
        assert pub.shape == values.shape
        assert repr(pub.evs) == repr(values.tolist())
        assert pub.ensemble_standard_error is None
