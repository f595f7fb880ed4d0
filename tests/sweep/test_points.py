from __future__ import annotations

from typing import Any

import pytest

from dryshot.mock import Mock
from dryshot.sweep.kinds import DEFAULT_KINDS, KINDS
from dryshot.sweep.points import Call, choose
from dryshot.sweep.settings import Settings

CALLS = [Call(1, "create_token", 1), Call(2, "create_job", 1), Call(3, "get_job", 1)]


def texts(*args: Any, **more: Any) -> list[str]:
    return [str(point) for point in choose(CALLS, *args, **{"most": 1000, "seed": 0} | more)[0]]


def test_a_point_for_each_call_kind_and_moment() -> None:
    found = texts(["drop", "rate-limit"])
    kinds = ["drop:before", "drop:after", "rate-limit"]
    assert found[:3] == [f"create_token:1:{kind}" for kind in kinds]
    assert len(found) == 9


def test_jobs_meet_their_fate_where_they_are_submitted_only() -> None:
    assert texts(["job-failed"]) == ["create_job:1:job-failed"]


def test_operations_may_be_patterns() -> None:
    assert texts(["garble"], ["*_job"]) == ["create_job:1:garble", "get_job:1:garble"]


def test_just_one_point_of_any_kind() -> None:
    assert texts(["drop"], only=["get_job:1:garble"]) == ["get_job:1:garble"]


def test_too_many_points_are_drawn_by_the_seed_in_order() -> None:
    every = texts(DEFAULT_KINDS)
    points, left_out = choose(CALLS, DEFAULT_KINDS, most=7, seed=3)
    found = [str(point) for point in points]
    assert len(found) == 7
    assert left_out == len(every) - 7
    assert [one for one in every if one in found] == found
    assert texts(DEFAULT_KINDS, most=7, seed=3) == found != texts(DEFAULT_KINDS, most=7, seed=4)


@pytest.mark.parametrize("name", KINDS)
def test_the_line_that_is_told_sets_the_same_fault(name: str) -> None:
    kind = KINDS[name]
    for moment in kind.moments:
        armed, told = Mock(engine="stub"), Mock(engine="stub")
        kind.arm(armed, "create_job", 2, moment)
        eval(kind.line("create_job", 2, moment), {"mock": told})  # noqa: S307 - our own text
        assert armed.faults.to_json() == told.faults.to_json()
        assert armed.world.trouble.describe() == told.world.trouble.describe()
        for fault in armed.faults:
            assert fault.effect.when == moment


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"kind": ("drop",)}, "'kind'.*kinds, operations"),
        ({"kinds": ("drop", "drip")}, "kinds has 'drip'; there are error"),
        ({"kinds": ()}, "kinds is empty"),
        ({"operations": 3}, "operations are names"),
        ({"operations": ("get_job", "")}, "operations are names"),
        ({"allowed": ("ValueError",)}, "allowed are classes.*'ValueError'"),
        ({"max_points": -1}, "max_points is -1"),
        ({"max_calls": 1.5}, "max_calls is 1.5"),
        ({"max_hours": 0}, "max_hours is 0"),
        ({"max_seconds": True}, "max_seconds is True"),
        ({"seed": "7"}, "seed is '7'"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Settings.of(given)


def test_one_may_be_given_for_several() -> None:
    settings = Settings.of({"kinds": "drop", "operations": "get_job", "allowed": ValueError})
    assert settings.kinds == ("drop",)
    assert settings.operations == ("get_job",)
    assert settings.allowed == (ValueError,)
