from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dryshot import Mock
from dryshot.world.runner import Pace
from tests.conformance.stage import asked, connect

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SLOW = Pace(queue=1000, run=100)


def sample(mode: Any, circuit: Any, **options: Any) -> Any:
    environment = {key: options.pop(key) for key in ("private", "job_tags") if key in options}
    chosen = {"environment": environment} | options
    return runtime.SamplerV2(mode=mode, options=chosen).run([circuit], shots=10)


@pytest.fixture
def slow() -> Iterator[Any]:
    """A mock in which jobs wait and run for long, its clock frozen, and a backend of it."""
    with Mock(pace=SLOW).activate() as mock, mock.clock.freeze():
        yield mock, connect(instance="premium-instance").backend("ibm_fez")


def test_a_finished_job_tells_all_about_itself(mock: Mock, backend: Any, bell: Any) -> None:
    job = sample(backend, bell)
    assert job.in_final_state()
    assert job.status() == "DONE"
    assert (job.done(), job.errored(), job.cancelled(), job.running()) == (True, *[False] * 3)
    assert job.error_message() is None
    assert job.primitive_id == "sampler"
    assert job.backend().name == "ibm_fez"
    assert job.instance == backend.service.active_instance()
    assert job.session_id is None
    assert job.private is False
    assert job.logs() == ""
    assert job.creation_date <= mock.clock.now()


def test_inputs_are_what_was_sent(backend: Any, bell: Any) -> None:
    inputs = sample(backend, bell, default_shots=77).inputs
    assert inputs["version"] == 2
    assert inputs["options"]["default_shots"] == 77
    ((circuit, _, shots),) = inputs["pubs"]
    assert circuit.count_ops() == bell.count_ops()
    assert shots == 10


def test_metrics_tell_when_and_how_long(backend: Any, bell: Any) -> None:
    job = sample(backend, bell)
    metrics = job.metrics()
    instants = [
        datetime.fromisoformat(metrics["timestamps"][name])
        for name in ("created", "running", "finished")
    ]
    assert instants == sorted(instants)
    assert metrics["usage"] == {"qpu_charge_time_seconds": job.usage(), "status": "complete"}
    assert metrics["circuits_execution_time_ns"] > 0
    assert job.usage_estimation["quantum_seconds"] >= 0
    assert job.properties().backend_name == "ibm_fez"


def test_a_job_knows_which_program_sent_it(
    backend: Any, bell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("USAGE_DATA_OPT_OUT")
    assert "qiskit_ibm_runtime~sampler.py" in sample(backend, bell).metrics()["caller"]


def test_usage_is_pending_until_it_is_billed(bell: Any) -> None:
    with Mock().activate() as mock:
        mock.world.platform.billing_delay = 1000
        job = sample(connect(instance="premium-instance").backend("ibm_fez"), bell)
        job.wait_for_final_state()
        assert job.usage() == 0
        assert job.usage(partial=True) >= 2
        assert job.metrics()["usage"]["status"] == "pending"
        mock.clock.advance(1000)
        assert job.usage() == job.usage(partial=True) >= 2


def test_a_job_goes_through_its_states(slow: Any, bell: Any) -> None:
    mock, backend = slow
    job = sample(backend, bell)
    assert job.status() == "QUEUED"
    assert not job.in_final_state()
    assert backend.status().pending_jobs == 1
    assert job.metrics()["timestamps"]["running"] is None
    mock.clock.advance(1000)
    assert job.running()
    assert backend.status().pending_jobs == 0
    mock.clock.advance(100)
    assert job.done()


def test_waiting_for_a_job_may_time_out(slow: Any, bell: Any) -> None:
    _, backend = slow
    job = sample(backend, bell)
    with pytest.raises(runtime.exceptions.RuntimeJobTimeoutError):
        job.wait_for_final_state(timeout=0)
    with pytest.raises(runtime.exceptions.RuntimeJobTimeoutError):
        job.result(timeout=0)


@pytest.mark.parametrize("seconds", [0, 1000], ids=["queued", "running"])
def test_a_job_is_cancelled(slow: Any, bell: Any, seconds: float) -> None:
    mock, backend = slow
    job = sample(backend, bell)
    mock.clock.advance(seconds)
    job.cancel()
    again = backend.service.job(job.job_id())
    assert again.cancelled()
    before = len(mock.journal)
    with pytest.raises(runtime.RuntimeInvalidStateError, match="was cancelled"):
        again.result()
    assert "get_job_results_jid" not in asked(mock, before)


def test_a_finished_job_cannot_be_cancelled(backend: Any, bell: Any) -> None:
    job = sample(backend, bell)
    job.wait_for_final_state()
    with pytest.raises(runtime.RuntimeInvalidStateError, match="1306"):
        job.cancel()


def test_a_job_that_has_not_ended_cannot_be_deleted(slow: Any, bell: Any) -> None:
    _, backend = slow
    job = sample(backend, bell)
    with pytest.raises(runtime.IBMRuntimeError, match="1337"):
        backend.service.delete_job(job.job_id())
    assert job.status() == "QUEUED"


def test_a_deleted_job_is_not_found(service: Any, backend: Any, bell: Any) -> None:
    job = sample(backend, bell)
    job.wait_for_final_state()
    service.delete_job(job.job_id())
    with pytest.raises(runtime.RuntimeJobNotFound):
        service.job(job.job_id())
    with pytest.raises(runtime.RuntimeJobNotFound, match="1291"):
        service.delete_job(job.job_id())


def test_a_job_is_found_by_its_id(service: Any, backend: Any, bell: Any) -> None:
    job = sample(backend, bell, job_tags=["mine"])
    found = service.job(job.job_id())
    assert found.tags == ["mine"]
    assert found.primitive_id == "sampler"
    assert found.backend().name == "ibm_fez"
    assert found.result()[0].data.meas.get_counts() == job.result()[0].data.meas.get_counts()


def test_a_job_of_another_instance_is_found(bell: Any, mock: Mock) -> None:
    del mock
    service = connect()
    (paid,) = [item["crn"] for item in service.instances() if item["plan"] == "premium"]
    job = sample(service.backend("ibm_fez", instance=paid), bell)
    service.backend("ibm_fez")  # makes the open instance the active one
    assert service.active_instance() != paid
    assert service.job(job.job_id()).job_id() == job.job_id()
    assert service.active_instance() == paid


def test_an_unknown_job_is_not_found(service: Any) -> None:
    with pytest.raises(runtime.RuntimeJobNotFound, match="d9k2m4t0c7vs73f1q8ag"):
        service.job("d9k2m4t0c7vs73f1q8ag")


def test_tags_are_replaced(service: Any, backend: Any, bell: Any) -> None:
    job = sample(backend, bell, job_tags=["old"])
    assert set(job.update_tags(["new", "newer"])) == {"new", "newer"}
    assert set(service.job(job.job_id()).tags) == {"new", "newer"}
    assert job.update_tags([]) == []


def test_a_private_job_shows_its_results_once(service: Any, backend: Any, bell: Any) -> None:
    job = sample(backend, bell, private=True)
    assert job.private
    assert job.inputs == {}
    assert service.job(job.job_id()).private
    assert job.result()
    assert job.result() is None


def test_a_job_that_runs_too_long_says_so(bell: Any) -> None:
    with Mock(pace=Pace(0, 500)).activate() as mock:
        backend = connect(instance="premium-instance").backend("ibm_fez")
        job = sample(backend, bell, max_execution_time=300)
        mock.clock.advance(400)
        with pytest.raises(runtime.RuntimeJobMaxTimeoutError, match="1305"):
            job.result()
        assert job.status() == "ERROR"
        assert "ran longer than maximum execution time" in job.error_message()
        assert job.usage() == 300


def test_a_job_may_start_after_the_calendar_says(bell: Any) -> None:
    start = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    with Mock(clock=start).activate():
        job = sample(connect(instance="premium-instance").backend("ibm_fez"), bell)
        assert job.creation_date.astimezone(UTC).date() == start.date()
        assert job.result()
