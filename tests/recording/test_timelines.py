"""What a recording tells of a job."""

from __future__ import annotations

from typing import Any

from dryshot.recording.contents import Contents
from dryshot.recording.timelines import FOREVER, Timeline
from dryshot.world import JobStatus, Pace
from tests.dialects.classic import JOB
from tests.recording.recordings import Tape


def submitted() -> Tape:
    tape = Tape()
    tape.add(0, "POST /jobs", {"id": "j", "backend": "ibm_wellington"}, body=JOB)
    return tape


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "j", "status": status, "state": {"status": status, **more}}


def line(tape: Tape) -> Timeline:
    return Contents([tape.cassette()]).timelines["j"]


def test_a_status_begins_when_it_is_first_seen() -> None:
    tape = submitted()
    for at, status in ((2, "Queued"), (5, "Running"), (6, "Running"), (9, "Completed")):
        tape.add(at, "GET /jobs/j", job(status))
    assert line(tape).pace == Pace(5, 4)
    assert line(tape).status is JobStatus.COMPLETED


def test_metrics_know_better() -> None:
    tape = submitted()
    tape.add(9, "GET /jobs/j", job("Completed"))
    stamps = {"created": "2023-01-01T00:00:00Z", "running": "2023-01-01T00:00:01.5Z"}
    stamps["finished"] = "2023-01-01T00:00:04Z"
    tape.add(10, "GET /jobs/j/metrics", {"timestamps": stamps, "usage": {"seconds": 2}})
    assert line(tape).pace == Pace(1.5, 2.5)
    assert line(tape).seconds == 2


def test_a_run_that_nobody_saw_lasted_as_long_as_it_cost() -> None:
    tape = submitted()
    tape.add(9, "GET /jobs/j", job("Completed") | {"usage": {"seconds": 3}})
    assert line(tape).pace == Pace(6, 3)


def test_results_alone_tell_the_end() -> None:
    tape = submitted()
    tape.add(4, "GET /jobs/j/results", '{"a": 1}')
    outcome = line(tape).outcome
    assert outcome is not None
    assert (line(tape).ended, outcome.body, outcome.failed) == (4, '{"a": 1}', False)


def test_a_list_tells_as_much_as_a_look() -> None:
    tape = submitted()
    tape.add(3, "GET /jobs", {"jobs": [job("Failed", reason="no", reasonCode=1234)], "count": 1})
    outcome = line(tape).outcome
    assert outcome is not None
    assert (outcome.failed, outcome.reason, outcome.reason_code) == (True, "no", 1234)


def test_a_job_that_a_call_cancelled_waits_for_that_call() -> None:
    tape = submitted()
    tape.add(2, "GET /jobs/j", job("Running"))
    tape.add(3, "POST /jobs/j/cancel", status=204)
    assert line(tape).pace == Pace(2, FOREVER)


def test_a_refused_cancel_cancels_nothing() -> None:
    tape = submitted()
    tape.add(3, "POST /jobs/j/cancel", {"errors": []}, status=409)
    assert not line(tape).cancelled_by_call


def test_a_job_whose_end_nobody_saw_goes_on_a_second_longer() -> None:
    tape = submitted()
    tape.add(2, "GET /jobs/j", job("Running"))
    tape.add(7, "GET /jobs/j", job("Running"))
    assert line(tape).pace == Pace(2, 6)
    assert line(tape).outcome is None


def test_an_unknown_status_is_passed_over() -> None:
    tape = submitted()
    tape.add(2, "GET /jobs/j", job("Levitating"))
    assert line(tape).status is JobStatus.QUEUED
