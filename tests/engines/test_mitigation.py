from __future__ import annotations

from collections import defaultdict

import pytest

from dryshot.engines.mitigation import mitigate


def spoilt(
    ideal: dict[int, float], chances: list[tuple[float, float]], scale: int
) -> dict[int, int]:
    """What readout makes of ``ideal``, in counts: one bit after the other may flip."""
    found = ideal
    for bit, (p10, p01) in enumerate(chances):
        after: dict[int, float] = defaultdict(float)
        for key, share in found.items():
            flip = p01 if key >> bit & 1 else p10
            after[key] += share * (1 - flip)
            after[key ^ 1 << bit] += share * flip
        found = after
    return {key: round(share * scale) for key, share in found.items()}


def test_one_qubit_is_undone_exactly() -> None:
    result = mitigate({0: 300, 1: 700}, [0], ((0.1, 0.2),))
    # p = (1 - 0.2) x + 0.1 (1 - x)  =>  x = (0.7 - 0.1) / 0.7
    assert result.quasi[1] == pytest.approx(0.6 / 0.7)
    assert sum(result.quasi.values()) == pytest.approx(1)
    # the inverse is [[0.8, -0.2], [-0.1, 0.9]] / 0.7
    assert result.overhead == pytest.approx((1.1 / 0.7) ** 2)


def test_quasi_probabilities_may_leave_the_unit_interval() -> None:
    result = mitigate({0: 1, 1: 99}, [0], ((0.05, 0.05),))
    assert result.quasi[0] < 0
    assert result.quasi[1] > 1


def test_correlated_outcomes_are_recovered() -> None:
    chances = [(0.02, 0.05), (0.04, 0.03), (0.01, 0.06)]
    counts = spoilt({0: 0.5, 7: 0.5}, chances, 10**6)
    result = mitigate(counts, [0, 1, 2], tuple(chances))
    assert result.quasi[0] == pytest.approx(0.5, abs=1e-4)
    assert result.quasi[7] == pytest.approx(0.5, abs=1e-4)


def test_very_many_outcomes_are_recovered_by_their_nearest_terms() -> None:
    chances = [(0.004, 0.006)] * 11
    ideal = {key: (3 if key % 2 else 1) / 4096 for key in range(2048)}
    counts = spoilt(ideal, chances, 10**9)
    assert len(counts) == 2048
    result = mitigate(counts, list(range(11)), tuple(chances))
    odd = sum(share for key, share in result.quasi.items() if key % 2)
    raw = sum(count for key, count in counts.items() if key % 2) / sum(counts.values())
    assert abs(raw - 0.75) > 0.002
    assert odd == pytest.approx(0.75, abs=5e-4)
    assert result.overhead > 1.2


def test_nothing_measured_is_nothing_to_undo() -> None:
    assert mitigate({0: 10}, [], ()).quasi == {0: 1.0}
