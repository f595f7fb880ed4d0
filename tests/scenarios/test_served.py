"""Scenarios of served worlds: each world begins with them, and a state file knows of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dryshot import DryshotError
from dryshot.server.worlds import Worlds
from tests.server_state.stage import JOB, User, kept, virtual

FLAKY = {"faults": [{"kind": "fail", "status": 503, "operation": "list_jobs", "times": 2}]}
DAY = {"trouble": [{"name": "exhaust_usage", "arguments": {"over": "refuse"}, "at": 600}]}


def statuses(user: User, path: str, count: int) -> list[int]:
    return [user.do("GET", path).status_code for _ in range(count)]


def test_every_world_begins_with_the_scenario_also_after_a_reset() -> None:
    tenants = virtual(scenario=[FLAKY, "rate limited"]).tenants()
    for key in ("one", "two"):
        with closing(User(tenants, key).log_in()) as user:
            assert statuses(user, "/jobs", 3) == [503, 503, 200]
    tenants.reset()
    with closing(User(tenants, "one").log_in()) as user:
        assert statuses(user, "/jobs", 3) == [503, 503, 200]
        sent = [user.do("POST", "/jobs", JOB).status_code for _ in range(6)]
    assert sent == [*[200] * 5, 429]


def test_declared_accounts_devices_limits_jobs_and_pace_are_those_of_the_scenario() -> None:
    scenario = {
        "world": {
            "accounts": [{"api_key": "one"}],
            "devices": [{"name": "ibm_small", "qubits": 5}],
        },
        "limits": {"tags": 1},
        "pace": {"queue": 300},
        "jobs": [{"state": "Completed", "instance": "premium-instance"}],
    }
    tenants = virtual(scenario=scenario).tenants()
    with closing(User(tenants, "one").log_in()) as user:
        assert len(user.jobs()) == 1
        assert user.do("POST", "/jobs", JOB | {"tags": ["a", "b"]}).status_code == 400
        job = user.submit()
        assert user.do("GET", f"/jobs/{job}").json()["status"] == "Queued"
    with pytest.raises(AssertionError), closing(User(tenants, "another").log_in()):
        pass
    assert "ibm_small" in tenants.mock(tenants.names()[0]).world.backends


def test_a_state_file_brings_back_how_far_it_had_come(tmp_path: Path) -> None:
    path, worlds = tmp_path / "state", virtual(scenario=[FLAKY, DAY])
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        assert statuses(user, "/jobs", 1) == [503]
        user.submit()
        (name,) = tenants.names()
    with kept(path, worlds) as tenants:
        mock = tenants.mock(name)
        assert [fault.left for fault in mock.faults] == [1]
        with closing(User(tenants).log_in()) as user:
            assert statuses(user, "/jobs", 2) == [503, 200]
            mock.clock.advance(600)
            assert user.do("POST", "/jobs", JOB).status_code == 409
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        assert user.do("POST", "/jobs", JOB).status_code == 409
        assert len(user.jobs()) == 1


def test_faults_that_were_cleared_stay_so(tmp_path: Path) -> None:
    path, worlds = tmp_path / "state", virtual(scenario=FLAKY)
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()):
        (name,) = tenants.names()
        tenants.mock(name).faults.clear()
        tenants.keep(name)
    with kept(path, worlds) as tenants:
        assert list(tenants.mock(name).faults) == []


def test_what_is_played_later_is_kept_as_well(tmp_path: Path) -> None:
    path, worlds = tmp_path / "state", virtual()
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        user.submit()
        (name,) = tenants.names()
        tenants.mock(name).play(["quiet", FLAKY, DAY])
        tenants.keep(name)
        with pytest.raises(DryshotError, match="kept in a state file"):
            tenants.mock(name).play({"jobs": [{"state": "Queued"}]})
        with pytest.raises(DryshotError, match="kept in a state file"):
            tenants.mock(name).play({"pace": {"queue": 3}})
    with kept(path, worlds) as tenants:
        mock = tenants.mock(name)
        assert [fault.left for fault in mock.faults] == [2]
        assert [(one.name, one.state) for one in mock.world.trouble] == [
            ("exhaust_usage", "coming")
        ]


@pytest.mark.parametrize("other", [None, DAY, [FLAKY, DAY]])
def test_a_state_file_of_another_scenario_is_refused(tmp_path: Path, other: Any) -> None:
    path = tmp_path / "state"
    with kept(path, virtual(scenario=FLAKY)) as tenants, closing(User(tenants).log_in()):
        pass
    with pytest.raises(DryshotError, match="scenario"), kept(path, virtual(scenario=other)):
        pass


def test_jobs_that_were_never_sent_cannot_be_kept(tmp_path: Path) -> None:
    worlds = virtual(scenario={"jobs": [{"state": "Completed"}]})
    with pytest.raises(DryshotError, match="jobs: cannot be kept"):
        worlds.open_state(tmp_path / "state")
    with pytest.raises(DryshotError, match=r"jobs\[0\]\.account"):
        Worlds(engine="stub", scenario={"jobs": [{"account": "mine"}]})
