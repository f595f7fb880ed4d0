"""Backends, tokens, sessions, usage, plans and versions that go wrong, as callers are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract_tests.platform import PARAMS
from dryshot.world.plans import PLANS
from dryshot_client import (
    AuthenticationError,
    InvalidRequest,
    JobFailed,
    NotFound,
    SessionClosed,
    UsageLimitReached,
)
from tests.dialects import classic
from tests.world.scene import KEY, Scene, error

CLASSIC = {"program": "sampler", "backend": "ibm_wellington", "params": {"circuits": ["x"]}}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def device(scene: Scene, name: str = "ibm_fez") -> dict[str, object]:
    """What the list says of a device."""
    devices = scene.ask("GET", "/backends").json()["devices"]
    return next((one for one in devices if one["name"] == name), {})


@pytest.mark.parametrize("reason", ["maintenance", "internal", "dedicated"])
def test_a_paused_backend_takes_jobs_and_runs_none(scene: Scene, reason: str) -> None:
    with scene.trouble.pause("ibm_fez", reason):
        job = scene.submit()
        scene.clock.advance(1000)
        assert scene.state(job)["status"] == "Queued"
        assert device(scene)["status"] == {"name": "paused", "reason": reason}
        status = scene.ask("GET", "/backends/ibm_fez/status").json()
        assert (status["state"], status["status"]) == (reason == "internal", reason)
        assert (status["message"], status["length_queue"]) == (reason, 1)
        found = scene.runtime.backends.status("ibm_fez")
        assert (found.status, found.length_queue) == (reason, 1)
    assert scene.state(job)["status"] == "Completed"
    assert scene.ask("GET", "/backends/ibm_fez/status").json()["status"] == "active"


def test_the_classic_api_tells_of_a_pause_as_well(scene: Scene) -> None:
    incident = scene.trouble.pause("ibm_wellington", message="back on Monday")
    job = scene.submit_classic()
    assert scene.ran_classic(job)["status"] == "Queued"
    status = scene.legacy.backends.status("ibm_wellington")
    assert (status["state"], status["status"]) == (False, "maintenance")
    assert (status["message"], status["length_queue"]) == ("back on Monday", 1)
    incident.clear()
    assert scene.ran_classic(job)["status"] == "Completed"


def test_an_offline_backend_says_so(scene: Scene) -> None:
    scene.trouble.take_offline("ibm_fez")
    assert device(scene)["status"] == {"name": "offline", "reason": "offline"}
    assert scene.ask("GET", "/backends/ibm_fez/status").json()["status"] == "offline"


def test_maintenance_has_a_window_of_the_clock(scene: Scene) -> None:
    end = scene.clock.now() + timedelta(seconds=200)
    incident = scene.trouble.pause("ibm_fez", start=100, end=end)
    assert incident.state == "coming"
    assert scene.state(scene.submit())["status"] == "Completed"
    scene.clock.advance(100)
    job = scene.submit()
    assert (scene.state(job)["status"], incident.state) == ("Queued", "on")
    scene.clock.advance_to(end)
    assert (scene.state(job)["status"], incident.state) == ("Completed", "over")


def test_the_last_outage_counts_and_the_condition_set_for_good_comes_back(scene: Scene) -> None:
    platform = scene.world.platform
    platform.set_condition("ibm_fez", "paused", reason="calibrating", others=4)
    first = scene.trouble.take_offline("ibm_fez")
    with scene.trouble.pause("ibm_fez"):
        first.clear()
        assert platform.condition("ibm_fez").reason == "maintenance"
    assert platform.condition("ibm_fez").reason == "calibrating"
    assert platform.queue_length("ibm_fez") == 4


def test_a_removed_backend_is_nowhere_until_it_is_back(scene: Scene) -> None:
    done, queued = scene.submit(), scene.trouble.hold_jobs(times=1)
    waiting = scene.submit()
    scene.state(done)
    first, second = (scene.trouble.remove_backend("ibm_fez") for _ in range(2))
    old = scene.trouble.remove_backend("ibm_wellington")
    queued.clear()
    first.clear()
    assert device(scene) == {}
    for part in ("configuration", "properties", "status"):
        assert error(scene.ask("GET", f"/backends/ibm_fez/{part}")) == (404, "not_found")
    body = {"program_id": "sampler", "backend": "ibm_fez", "params": PARAMS}
    assert error(scene.ask("POST", "/jobs", body)) == (404, 1216)
    with pytest.raises(NotFound):
        scene.runtime.jobs.create(program="sampler", backend="ibm_fez", params=PARAMS)
    assert "ibm_wellington" not in scene.legacy.backends.list()
    with pytest.raises(NotFound):
        scene.legacy.backends.status("ibm_wellington")
    with pytest.raises(InvalidRequest) as caught:
        scene.legacy.jobs.create(**CLASSIC)  # type: ignore[arg-type]
    assert caught.value.code == 1216
    assert scene.state(done)["status"] == "Completed"
    assert scene.state(waiting)["status"] == "Queued"
    second.clear()
    old.clear()
    assert scene.state(waiting)["status"] == "Completed"
    assert device(scene)["name"] == "ibm_fez"
    assert "ibm_wellington" in scene.legacy.backends.list()


def test_a_recalibrated_backend_has_other_values_of_now(scene: Scene) -> None:
    def read(query: str = "") -> dict[str, object]:
        found: dict[str, object] = scene.ask("GET", f"/backends/ibm_fez/properties{query}").json()
        return found

    before, configuration = read(), scene.ask("GET", "/backends/ibm_fez/configuration").json()
    scene.clock.advance(86400)
    scene.log_in()
    with scene.trouble.recalibrate("ibm_fez", drift=0.2):
        after = read()
        then = after["last_update_date"]
        assert before["last_update_date"] != then
        assert before["qubits"] != after["qubits"]
        assert before["gates"] != after["gates"]
        assert scene.ask("GET", "/backends/ibm_fez/configuration").json() == configuration
        assert read(f"?updated_before={then}") == before
        assert device(scene)["performance_metrics"]
        job = scene.submit(backend="mock_fez")
        assert scene.state(job)["status"] == "Completed"
        mock = scene.ask("GET", "/backends/mock_fez/properties").json()
        assert mock["last_update_date"] == then
        for items in after["qubits"]:  # type: ignore[attr-defined]
            value = {item["name"]: item["value"] for item in items}
            assert value["T2"] <= 2 * value["T1"]
            assert 0 <= value["readout_error"] <= 1
    assert read() == before


def test_calibrations_repeat_with_their_seed_and_can_go_in_any_order(scene: Scene) -> None:
    other = Scene()
    one = scene.trouble.recalibrate("ibm_fez", seed=3)
    other.trouble.recalibrate("ibm_fez", seed=3)
    original = scene.world.backends["ibm_fez"].previous
    assert original is not None
    first = scene.world.backends["ibm_fez"]
    assert first.properties == other.world.backends["ibm_fez"].properties
    two = scene.trouble.recalibrate("ibm_fez", seed=4)
    assert scene.world.backends["ibm_fez"].properties != first.properties
    one.clear()
    two.clear()
    assert scene.world.backends["ibm_fez"] is original


def test_a_queue_has_a_length_that_moves(scene: Scene) -> None:
    scene.trouble.crowd("ibm_fez", 40, -2)
    scene.trouble.crowd("ibm_wellington", 3)
    scene.clock.freeze()
    assert device(scene)["queue_length"] == 40
    scene.clock.advance(600)
    assert device(scene)["queue_length"] == 20
    assert scene.ask("GET", "/backends/ibm_fez/status").json()["length_queue"] == 20
    assert scene.ask_classic("GET", "/backends/ibm_wellington/status").json()["length_queue"] == 3
    scene.clock.advance(2000)
    assert device(scene)["queue_length"] == 0
    scene.trouble.clear()
    assert scene.ask_classic("GET", "/backends/ibm_wellington/status").json()["length_queue"] == 0


@pytest.mark.parametrize("account", [None, KEY])
def test_revoked_tokens_are_refused_by_both_apis_and_clients_log_in_again(
    scene: Scene, account: str | None
) -> None:
    assert scene.runtime.backends.list()
    assert scene.legacy.backends.list()
    scene.trouble.revoke_tokens(account)
    answer = scene.ask("GET", "/backends")
    assert error(answer) == (401, 1219)
    answer = scene.ask_classic("GET", "/backends")
    assert error(answer) == (401, 1201)
    assert answer.json()["errors"][0]["message"] == "Invalid credentials."
    logins = len(scene.mock.journal.of("create_token"))
    assert scene.runtime.backends.list()
    assert scene.legacy.backends.list()
    assert len(scene.mock.journal.of("create_token")) == logins + 1


def test_tokens_of_another_account_live_on(scene: Scene) -> None:
    other = Scene("another")
    incident = scene.trouble.revoke_tokens("another")
    assert scene.ask("GET", "/backends").status_code == 200
    assert "another" not in repr(incident)
    assert "another" not in str(incident.arguments)
    other.trouble.start(incident.name, incident.arguments)
    assert other.ask("GET", "/backends").status_code == 401


def test_a_key_that_expires_opens_nothing_until_it_is_good_again(scene: Scene) -> None:
    scene.runtime.backends.list()
    scene.legacy.backends.list()
    incident = scene.trouble.expire_key(KEY, start=60)
    assert scene.ask("GET", "/backends").status_code == 200
    scene.clock.advance(60)
    assert scene.ask("GET", "/backends").status_code == 401
    with pytest.raises(AuthenticationError) as caught:
        scene.runtime.backends.list()
    assert (caught.value.status, caught.value.code) == (400, "BXNIM0415E")
    with pytest.raises(AuthenticationError) as caught:
        scene.legacy.backends.list()
    assert (caught.value.status, caught.value.code) == (401, 3446)
    incident.clear()
    assert scene.runtime.backends.list()


def test_sessions_close_under_one_s_feet(scene: Scene) -> None:
    opened = scene.ask("POST", "/sessions", {"mode": "batch", "backend": "ibm_fez"}).json()["id"]
    with scene.trouble.pause("ibm_fez"):
        job = scene.submit(session_id=opened)
        scene.trouble.close_sessions(opened, start=30)
        scene.clock.advance(30)
        found = scene.state(job)
    assert (found["status"], found["state"]["reason_code"]) == ("Failed", 1217)
    session = scene.ask("GET", f"/sessions/{opened}").json()
    assert (session["state"], session["accepting_jobs"]) == ("closed", False)
    with pytest.raises(JobFailed):
        scene.runtime.jobs.results(job)
    with pytest.raises(SessionClosed) as caught:
        scene.runtime.jobs.create(
            program="sampler", backend="ibm_fez", params=PARAMS, session_id=opened
        )
    assert (caught.value.status, caught.value.code) == (409, 1217)


def test_classic_sessions_close_as_well(scene: Scene) -> None:
    first = scene.submit_classic(start_session=True)
    scene.ran_classic(first)
    with scene.trouble.pause("ibm_wellington"):
        job = scene.submit_classic(session_id=first)
        assert scene.trouble.close_sessions().state == "over"
    state = scene.ran_classic(job)["state"]
    assert (state["status"], state["reason_code"]) == ("Failed", 1217)
    answer = scene.ask_classic("POST", "/jobs", classic.JOB | {"session_id": first})
    assert error(answer) == (400, 1217)
    with pytest.raises(ValueError, match="no open session"):
        scene.trouble.close_sessions(first)


def test_usage_that_is_exhausted_lets_jobs_wait(scene: Scene) -> None:
    incident = scene.trouble.exhaust_usage("premium-instance")
    usage = scene.ask("GET", "/instances/usage").json()
    assert (usage["usage_limit_reached"], usage["usage_consumed_seconds"]) == (True, 600)
    job = scene.submit()
    assert scene.state(job)["status"] == "Queued"
    incident.clear()
    assert scene.state(job)["status"] == "Completed"
    usage = scene.ask("GET", "/instances/usage").json()
    assert "usage_limit_reached" not in usage
    assert usage["usage_consumed_seconds"] == 2


def test_usage_that_is_exhausted_refuses_jobs(scene: Scene) -> None:
    new = Scene("somebody later")
    with scene.trouble.exhaust_usage(over="refuse"):
        with pytest.raises(UsageLimitReached) as caught:
            scene.runtime.jobs.create(program="sampler", backend="ibm_fez", params=PARAMS)
        assert (caught.value.status, caught.value.code) == (409, 4317)
        with pytest.raises(UsageLimitReached) as caught:
            scene.legacy.jobs.create(**CLASSIC)  # type: ignore[arg-type]
        assert (caught.value.status, caught.value.code) == (403, 4317)
    assert scene.submit()
    assert scene.submit_classic()
    assert new.submit()


def test_usage_is_exhausted_for_accounts_that_come_later() -> None:
    scene = Scene()
    scene.trouble.exhaust_usage()
    account = scene.world.accounts.open_with("later")
    open_plan, premium = scene.world.platform.instances(account)
    assert scene.world.platform.usage(open_plan).limit_reached
    assert scene.world.platform.usage(premium).limit_reached
    scene.clock.advance(28 * 86400 + 1)
    assert not scene.world.platform.usage(premium).limit_reached


def test_an_instance_moves_to_another_plan_and_back(scene: Scene) -> None:
    with scene.trouble.change_plan("premium-instance", "open"):
        plan = scene.ask("GET", "/instance").json()["plan_id"]
        assert plan == PLANS["open"].catalog_id
        body = {"mode": "dedicated", "backend": "ibm_fez"}
        assert error(scene.ask("POST", "/sessions", body)) == (400, 1352)
        assert scene.ask("GET", "/instances/usage").json()["usage_limit_seconds"] == 600
    assert scene.ask("POST", "/sessions", body).status_code == 200
    assert "usage_limit_seconds" not in scene.ask("GET", "/instances/usage").json()


def test_a_version_that_was_served_is_refused(scene: Scene) -> None:
    def versions() -> list[str]:
        return [one["version"] for one in scene.ask("GET", "/versions").json()["versions"]]

    incident = scene.trouble.sunset_version("2025-01-01")
    answer = scene.ask("GET", "/backends", **{"ibm-api-version": "2025-01-01"})
    assert error(answer) == (400, 1208)
    assert "2025-01-01" in answer.json()["errors"][0]["message"]
    assert "2025-01-01" not in versions()
    assert scene.ask("GET", "/backends").status_code == 200
    incident.clear()
    assert "2025-01-01" in versions()
    with scene.trouble.sunset_version("2026-04-15", "oldest"):
        assert "ibm_fez" in scene.ask("GET", "/backends").json()["devices"]
    assert device(scene)
