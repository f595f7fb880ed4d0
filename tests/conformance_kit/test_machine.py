"""The state machine by itself: it finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from dryshot import Mock
from dryshot.conformance import Broken, RuntimeStateMachine
from dryshot.world import Pace
from dryshot.world.classic import EraName
from tests.conformance_kit.rooms import KEY, URL, connected, new_mock, one
from tests.conformance_kit.test_faults import (
    Tamper,
    drops_a_required_field,
    keeps_jobs_queued,
    leaves_sessions_open,
    miscounts,
    never_checks_tokens,
)
from tests.conformance_kit.test_sessions import takes_jobs_in_closed_sessions


def run(dialect: str, mock: Mock, tamper: Tamper, examples: int = 30) -> None:
    """Let the machine loose on a mock that is tampered with."""
    members = {
        "url": URL,
        "api_key": KEY,
        "dialect": dialect,
        "patience": 60.0,
        "connect": staticmethod(connected(mock, tamper(mock))),
    }
    machine = type("Machine", (RuntimeStateMachine,), members)
    effort = settings(
        max_examples=examples,
        stateful_step_count=15,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        derandomize=True,
    )
    run_state_machine_as_test(machine, settings=effort)


@pytest.mark.parametrize(
    ("dialect", "tamper"),
    [
        ("platform", keeps_jobs_queued),
        ("platform", never_checks_tokens),
        ("platform", drops_a_required_field),
        ("platform", miscounts),
        ("classic", takes_jobs_in_closed_sessions),
        ("classic", leaves_sessions_open),
    ],
)
def test_the_machine_finds_it_by_itself(dialect: str, tamper: Tamper) -> None:
    with pytest.raises(Broken):
        run(dialect, new_mock(), tamper)


@pytest.mark.parametrize("era", ["2023-09", "2024-03"])
def test_the_machine_finds_nothing_wrong_with_our_own_classic_sessions(era: EraName) -> None:
    mock = Mock(engine=one, era=era, pace=Pace(9, 9))
    run("classic", mock, lambda mock: mock, examples=8)
    asked = {each.operation for each in mock.journal}
    assert {"create_session", "update_session", "close_session", "get_session"} <= asked


@pytest.mark.heavy
@pytest.mark.parametrize("pace", [Pace(0, 0), Pace(3, 30), Pace(40, 1)], ids=str)
def test_the_machine_finds_nothing_wrong_however_long_jobs_take(pace: Pace) -> None:
    run("classic", Mock(engine=one, pace=pace), lambda mock: mock, examples=200)
