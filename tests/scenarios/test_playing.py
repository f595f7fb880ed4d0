"""Scenarios in a mock: at its birth, later, several, for a while, and not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dryshot import DryshotError, Limits, Mock, Pace
from dryshot.scenarios import find
from dryshot.world.paces import UsualPace
from tests.scenarios.stage import engine, seen

ACCOUNT = {"accounts": [{"api_key": "key"}]}


def marks(mock: Mock) -> tuple[list[str], list[str]]:
    names = [one.name for one in mock.world.trouble]
    return [fault.name for fault in mock.faults], names


def test_a_world_begins_as_the_scenario_says() -> None:
    scenario = {
        "world": ACCOUNT | {"devices": [{"name": "lab_small", "qubits": 5}]},
        "limits": {"tags": 2},
        "pace": {"queue": 30},
        "jobs": [
            {"state": "Completed", "tags": ["old"], "count": 2, "usage": 3},
            {"state": "Failed", "reason_code": 1305, "backend": "ibm_torino"},
        ],
        "faults": [{"kind": "fail", "status": 503}],
        "trouble": [{"name": "hold_jobs", "at": 60}],
    }
    mock = Mock(engine=engine, scenario=scenario)
    assert [job.status.value for job in mock.world.jobs.values()] == [
        *("Completed", "Completed", "Failed"),
    ]
    assert mock.limits == Limits(tags=2)
    assert mock.world.runner.pace == UsualPace(queue=30)
    assert "lab_small" in mock.world.backends
    assert [one.api_token for one in mock.world.accounts] == ["key"]
    assert marks(mock) == (["fail 503"], ["hold_jobs"])
    assert [one.state for one in mock.world.trouble] == ["coming"]
    mock.clock.advance(60)
    assert [one.state for one in mock.world.trouble] == ["on"]


def test_what_else_is_said_of_a_mock_counts_more_than_its_scenario() -> None:
    scenario = {"limits": {"tags": 2, "cost": 60}, "pace": {"run": 9}, "world": ACCOUNT}
    mock = Mock(scenario=scenario, limits=Limits(tags=3), pace=Pace(1, 1), world=_other())
    assert mock.limits == Limits(tags=3, cost=60)
    assert mock.world.runner.pace == Pace(1, 1)
    assert {one.api_token for one in mock.world.accounts} == {"key", "other"}


def _other() -> dict[str, Any]:
    return {"accounts": [{"api_key": "other"}]}


def test_a_played_scenario_ends_with_its_block_and_leaves_what_others_set() -> None:
    mock = Mock(engine=engine)
    own = mock.faults.fail(500, operation="list_jobs")
    usual = mock.world.runner.pace
    with mock.play(["lost responses", "rate limited", {"pace": {"queue": 5}}]) as played:
        assert (len(played.faults), len(played.incidents)) == (2, 1)
        assert marks(mock) == (
            ["fail 500", "lose_response", "lose_response"],
            ["limit_submissions"],
        )
        assert mock.world.runner.pace == UsualPace(queue=5)
    assert list(mock.faults) == [own]
    assert marks(mock)[1] == []
    assert mock.world.runner.pace is usual
    with seen(mock, "platform") as caller:
        assert [caller.submit().status_code for _ in range(7)] == [200] * 7


def test_the_rate_that_held_before_holds_again() -> None:
    mock = Mock(engine=engine, limits=Limits(submissions_per_minute=2))
    with seen(mock, "platform") as caller, mock.clock.freeze():
        with mock.play("rate limited"):
            assert [caller.submit().status_code for _ in range(6)] == [*[200] * 5, 429]
        assert [caller.submit().status_code for _ in range(3)] == [200, 200, 429]


def test_a_pattern_means_every_device_that_fits() -> None:
    mock = Mock()
    step = {"name": "take_offline", "arguments": {"backend": "ibm_t*"}}
    played = mock.play({"trouble": [step]})
    assert [one.arguments["backend"] for one in played.incidents] == ["ibm_torino"]


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ({"limits": {"tags": 3}}, "limits: is what a world begins with"),
        ({"world": ACCOUNT}, "world: is what a world begins with"),
        (
            {"trouble": [{"name": "pause", "arguments": {"backend": "lab_*"}}]},
            r"trouble\[0\].arguments.backend: no backend is like 'lab_\*'",
        ),
        (
            {
                "clear": True,
                "faults": [{"kind": "refuse"}],
                "trouble": [
                    {"name": "hold_jobs"},
                    {"name": "pause", "arguments": {"backend": "lab_x"}},
                ],
            },
            r"trouble\[1\]: pause.backend: there is no backend 'lab_x'",
        ),
        ({"jobs": [{"count": 3}, {"backend": "lab_x"}]}, r"jobs\[1\]: .*lab_x"),
    ],
)
def test_one_that_cannot_be_played_changes_nothing(scenario: dict[str, Any], words: str) -> None:
    mock = Mock(engine=engine, world=ACCOUNT)
    mock.faults.fail(500)
    mock.world.trouble.start("exhaust_usage")
    before = mock.faults.to_json(), marks(mock), list(mock.world.jobs), mock.world.runner.pace
    with pytest.raises(DryshotError, match=words):
        mock.play(scenario | {"pace": {"queue": 1}})
    assert before == (
        *(mock.faults.to_json(), marks(mock), list(mock.world.jobs), mock.world.runner.pace),
    )


def test_chance_is_the_mocks_own_unless_a_seed_is_given() -> None:
    def seeds(mock_seed: int, seed: int | None) -> list[Any]:
        mock = Mock(seed=mock_seed)
        return [
            fault.to_json().get("seed") for fault in mock.play("flaky network", seed=seed).faults
        ]

    assert seeds(0, None) == seeds(5, 0) == [1, 2, 3, 4, 5, 6, 7]
    assert seeds(5, None) == seeds(0, 5)
    assert len(set(seeds(5, None) + seeds(6, None))) == 14


def test_a_snapshot_goes_back_to_before_it_was_played() -> None:
    mock = Mock(engine=engine)
    before = mock.snapshot()
    mock.play(["flaky network", "busy queue"])
    mock.restore(before)
    assert marks(mock) == ([], [])


def test_a_file_is_played_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("faults: [{kind: refuse, times: null}]\n")
    assert marks(Mock(scenario=file))[0] == marks(Mock(scenario=str(file)))[0] == ["refuse"]
    assert find(file).name == "mine"
