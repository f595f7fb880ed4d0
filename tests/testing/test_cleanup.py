"""Jobs and sessions are taken back, whatever became of whoever made them."""

from __future__ import annotations

import json

from dryshot import Mock, Pace
from dryshot.contract import Documents
from dryshot.http import Request, Response
from dryshot.targets import mock_target
from dryshot.testing.cleanup import Cleanup

PARAMS = {"pubs": [['OPENQASM 3.0; include "stdgates.inc"; bit[1] c; c[0] = measure $0;']]}
KEY = "any text opens an account"


def made(pace: Pace) -> tuple[Mock, Cleanup]:
    """A platform's job, two sessions (one closed), a classic job, and one that was deleted."""
    mock = Mock(engine="stub", pace=pace)
    cleanup = Cleanup(mock, Documents())
    target = mock_target(mock, endpoint=cleanup)
    with target.runtime() as runtime, target.legacy_runtime() as legacy:
        session = runtime.sessions.create(backend="ibm_torino", mode="batch")
        runtime.sessions.close(runtime.sessions.create(backend="ibm_torino", mode="batch").id)
        job = {"program": "sampler", "backend": "ibm_torino", "params": PARAMS}
        runtime.jobs.create(**job, session_id=session.id)  # type: ignore[arg-type] # by name
        params = {"circuits": ["bit c;"]}
        for _ in range(2):
            classic = legacy.jobs.create(
                program="sampler", backend="ibmq_qasm_simulator", params=params
            )
        legacy.jobs.cancel(classic["id"]) if pace.run else legacy.jobs.wait(classic["id"])
        legacy.jobs.delete(classic["id"])
    return mock, cleanup


def test_what_runs_is_cancelled_and_deleted() -> None:
    mock, cleanup = made(Pace(queue=3600, run=3600))
    mock.journal.clear()
    assert cleanup.clean(KEY, mock.clock.advance) == []
    asked = [one.operation for one in mock.journal]
    assert asked.count("delete_job") == 2
    assert asked.count("delete_session_close") == 1
    assert not [job for job in mock.world.jobs.values() if job.status != "Cancelled"]
    mock.journal.clear()
    assert cleanup.clean(KEY, mock.clock.advance) == []
    assert not mock.journal


def test_what_has_ended_is_deleted() -> None:
    mock, cleanup = made(Pace(queue=0, run=0))
    assert cleanup.clean(KEY, mock.clock.advance) == []
    statuses = [one.response.status for one in mock.journal.of("delete_job")]
    assert statuses == [204] * 3


def test_what_cannot_be_removed_is_named() -> None:
    def stubborn(request: Request) -> Response:
        if request.method == "DELETE":
            body = json.dumps({"errors": [{"code": 1291, "message": "no"}]}).encode()
            return Response(403, {"content-type": "application/json"}, body)
        return mock(request)

    mock = Mock(engine="stub")
    cleanup = Cleanup(stubborn, Documents())
    with mock_target(mock, endpoint=cleanup).runtime() as runtime:
        job = runtime.jobs.create(program="sampler", backend="ibm_torino", params=PARAMS)
    (failure,) = cleanup.clean(KEY, mock.clock.advance)
    assert failure.startswith(f"job {job.id}: ")
    assert KEY not in failure


def test_sessions_of_the_classic_api_are_closed() -> None:
    mock = Mock(engine="stub", pace=Pace(3600, 3600))
    cleanup = Cleanup(mock, Documents())
    with mock_target(mock, endpoint=cleanup).legacy_runtime() as legacy:
        made = [
            legacy.sessions.create(backend="ibmq_qasm_simulator", instance="ibm-q/open/main")["id"]
            for _ in range(2)
        ]
        legacy.sessions.close(made[0])
    mock.journal.clear()
    assert cleanup.clean(KEY, mock.clock.advance) == []
    assert [one.request.path for one in mock.journal.of("close_session")] == [
        f"/sessions/{made[1]}/close"
    ]
