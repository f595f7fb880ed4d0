from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dryshot import Mock
from dryshot.world.runner import Pace
from tests.conformance.stage import connect, constant, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PARAMS = {"pubs": [["OPENQASM 3.0;"]], "version": 2}
MODES = pytest.mark.parametrize("mode", ["Session", "Batch"])


@pytest.fixture
def slow() -> Iterator[Any]:
    """A mock in which jobs wait 100 s and run 50 s, its clock frozen, and a backend of it."""
    with Mock(engine=constant, pace=Pace(100, 50)).activate() as mock, mock.clock.freeze():
        yield mock, connect(instance="premium-instance").backend("ibm_fez")


def run(session: Any) -> Any:
    return session._run(program_id="sampler", inputs=PARAMS)  # noqa: SLF001 - as primitives do


@MODES
def test_jobs_run_in_it_and_it_closes(service: Any, backend: Any, bell: Any, mode: str) -> None:
    with getattr(runtime, mode)(backend=backend, max_time="10m") as session:
        primitive = runtime.SamplerV2(mode=session)
        jobs = [primitive.run([bell], shots=10) for _ in range(2)]
        assert {job.session_id for job in jobs} == {session.session_id}
        assert all(job.result() for job in jobs)
        details = session.details()
        assert details["mode"] == {"Session": "dedicated", "Batch": "batch"}[mode]
        assert details["backend_name"] == session.backend() == "ibm_fez"
        assert details["max_time"] == 600
        assert details["interactive_timeout"] == 60
        assert details["accepting_jobs"]
        assert session.status() == "In progress, accepting new jobs"
    assert session.status() == "Closed"
    assert session.details()["closed_at"]
    assert {job.job_id() for job in service.jobs(session_id=session.session_id)} == {
        job.job_id() for job in jobs
    }


def test_a_session_goes_through_its_states(slow: Any) -> None:
    mock, backend = slow
    session = runtime.Session(backend=backend)
    assert session.status() == "Pending"
    assert session.details()["started_at"] is None
    run(session)
    mock.clock.advance(100)
    assert session.status() == "In progress, accepting new jobs"
    mock.clock.advance(50 + 60)
    assert session.details()["state"] == "inactive"
    assert session.status() == "Pending"
    run(session)
    mock.clock.advance(100)
    session.close()
    assert session.status() == "In progress, not accepting new jobs"
    mock.clock.advance(50)
    assert session.status() == "Closed"
    assert [item["status"] for item in session.details()["timestamps"]] == [
        "open", "active", "inactive", "active", "closed",
    ]  # fmt: skip


def test_the_usage_of_a_session_is_the_time_it_held_the_device(slow: Any) -> None:
    mock, backend = slow
    session = runtime.Session(backend=backend)
    run(session)
    mock.clock.advance(100 + 50 + 10)
    session.close()
    assert session.usage() == pytest.approx(60)


def test_the_usage_of_a_batch_is_that_of_its_jobs(slow: Any) -> None:
    mock, backend = slow
    batch = runtime.Batch(backend=backend)
    jobs = [run(batch), run(batch)]
    mock.clock.advance(300)
    batch.close()
    assert batch.usage() == sum(job.usage() for job in jobs) == 4


@MODES
def test_closing_lets_queued_jobs_run(slow: Any, mode: str) -> None:
    mock, backend = slow
    session = getattr(runtime, mode)(backend=backend)
    job = run(session)
    session.close()
    assert job.status() == "QUEUED"
    mock.clock.advance(150)
    assert job.done()
    assert session.status() == "Closed"


@MODES
def test_cancelling_fails_queued_jobs(slow: Any, mode: str) -> None:
    mock, backend = slow
    session = getattr(runtime, mode)(backend=backend)
    running = run(session)
    mock.clock.advance(100)
    queued = run(session)
    session.cancel()
    with pytest.raises(runtime.RuntimeJobFailureError, match="1217"):
        queued.result()
    assert running.status() == "RUNNING"
    mock.clock.advance(50)
    assert running.done()


def test_a_session_ends_with_its_time(slow: Any) -> None:
    mock, backend = slow
    session = runtime.Session(backend=backend, max_time=120)
    run(session)
    mock.clock.advance(100 + 50)
    late = run(session)
    mock.clock.advance(70)
    assert session.status() == "Closed"
    with pytest.raises(runtime.RuntimeJobFailureError, match="1217"):
        late.result()


def test_the_sdk_sends_nothing_to_a_session_that_it_closed(slow: Any) -> None:
    mock, backend = slow
    session = runtime.Session(backend=backend)
    session.close()
    with pytest.raises(runtime.IBMRuntimeError, match="session is closed"):
        run(session)
    assert not mock.journal.of("create_job")


def test_a_session_that_another_closed_takes_no_job(slow: Any) -> None:
    _, backend = slow
    session = runtime.Session(backend=backend)
    runtime.Session.from_id(session.session_id, backend.service).close()
    with pytest.raises(runtime.IBMRuntimeError, match="1217"):
        run(session)


def test_a_session_is_found_by_its_id(slow: Any) -> None:
    mock, backend = slow
    session = runtime.Session(backend=backend)
    again = runtime.Session.from_id(session.session_id, backend.service)
    assert again.backend() == "ibm_fez"
    job = run(again)
    assert job.session_id == session.session_id
    mock.clock.advance(150)
    assert job.done()


def test_an_unknown_session_is_not_found(service: Any) -> None:
    with pytest.raises(runtime.IBMInputValueError, match="Session not found"):
        runtime.Session.from_id("00000000-0000-4000-8000-000000000000", service)


def test_a_job_in_an_unknown_session_is_refused(service: Any, backend: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError):
        service._run(  # noqa: SLF001 - as sessions do
            "sampler",
            PARAMS,
            {"backend": backend},
            session_id="00000000-0000-4000-8000-000000000000",
        )


def test_the_open_plan_has_batches_but_no_sessions(mock: Mock) -> None:
    del mock
    backend = connect(instance="open-instance").backend("ibm_fez")
    with pytest.raises(runtime.api.exceptions.RequestsApiError, match="1352") as caught:
        runtime.Session(backend=backend)
    assert caught.value.status_code == 400
    with runtime.Batch(backend=backend, max_time=28_800) as batch:
        assert batch.details()["max_time"] == 600


def test_primitives_in_a_context_join_it(backend: Any, bell: Any) -> None:
    with runtime.Session(backend=backend) as session:
        job = runtime.SamplerV2().run([bell], shots=10)
        assert job.session_id == session.session_id
        assert job.result()


def test_a_job_outside_has_no_session(backend: Any) -> None:
    assert submit(backend, params=PARAMS).session_id is None
