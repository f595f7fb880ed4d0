from __future__ import annotations

from datetime import timedelta

import pytest

from dryshot.errors import Conflict, Invalid, NotFound, PermissionDenied
from dryshot.world import Account, Job, JobQuery, JobStatus, Pace
from dryshot.world.lifecycle import SessionState
from tests.world.worlds import ACCOUNT, START, submission, world


def test_a_job_is_queued_then_running_then_completed() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission(params={"a": 1}))
    seen = [job.status]
    for _ in range(3):
        here.clock.advance(0.5)
        seen.append(job.status)
    assert seen == ["Queued", "Running", "Running", "Completed"]
    assert job.started == job.created + timedelta(seconds=0.5)
    assert job.ended == job.created + timedelta(seconds=1.5)
    assert job.outcome is not None
    assert '"shots": 2' in job.outcome.body


def test_the_first_job_at_the_notebooks_instant_has_the_notebooks_id() -> None:
    assert world().submit(ACCOUNT, submission()).id == "cjvks5fp8blo0kgog530"


def test_a_failed_job_says_why() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission(params={"fail": True}))
    here.clock.advance(2)
    assert (job.status, job.reason, job.reason_code) == ("Failed", "no", 3211)


def test_an_engine_that_breaks_fails_its_job_only() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission(params={"crash": True}))
    after = here.submit(ACCOUNT, submission())
    here.clock.advance(2)
    assert job.status is JobStatus.FAILED
    assert job.reason_code == 9999
    assert job.outcome is not None
    assert "ArithmeticError: the engine broke" in job.outcome.body
    assert after.status is JobStatus.COMPLETED


def test_a_pace_may_be_set_for_each_job() -> None:
    def slow_bin(job: Job) -> Pace:
        return Pace(100, 1) if job.backend == "bin" else Pace(0, 0)

    here = world(pace=slow_bin)
    fast = here.submit(ACCOUNT, submission())
    slow = here.submit(ACCOUNT, submission(backend="bin"))
    here.clock.advance(0)
    assert (fast.status, slow.status) == ("Completed", "Queued")
    assert here.queue_length("bin") == 1
    here.clock.advance(100)
    assert slow.status == "Running"
    assert here.queue_length("bin") == 0


def test_a_pace_is_not_negative() -> None:
    with pytest.raises(ValueError, match="queue is -1"):
        Pace(queue=-1)


def test_a_job_that_would_run_longer_than_its_cost_is_cancelled_then() -> None:
    here = world(pace=Pace(0, 60))
    job = here.submit(ACCOUNT, submission(cost=10))
    here.clock.advance(9)
    assert job.status == "Running"
    here.clock.advance(1)
    assert (job.status, job.reason, job.reason_code) == ("Cancelled", "Ran too long", 1305)


def test_a_cancelled_job_is_never_computed() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission())
    here.cancel(ACCOUNT, job.id)
    here.clock.advance(10)
    assert job.status is JobStatus.CANCELLED
    assert job.outcome is None
    with pytest.raises(Conflict, match="the job is Cancelled; it cannot cancel"):
        here.cancel(ACCOUNT, job.id)


def test_a_running_job_can_be_cancelled() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission())
    here.clock.advance(1)
    here.cancel(ACCOUNT, job.id)
    here.clock.advance(10)
    assert job.status is JobStatus.CANCELLED


@pytest.mark.parametrize("wait", [0, 1, 5])
def test_a_job_can_be_deleted_at_any_time(wait: float) -> None:
    here = world()
    job = here.submit(ACCOUNT, submission())
    here.clock.advance(wait)
    here.delete(ACCOUNT, job.id)
    here.clock.advance(10)
    with pytest.raises(NotFound, match=job.id):
        here.job(ACCOUNT, job.id)
    assert here.find_jobs(ACCOUNT, JobQuery()) == ([], 0)


def test_nobody_sees_the_jobs_of_others() -> None:
    here = world(accounts=[])
    mine, theirs = (here.accounts.log_in(token).account for token in ("a", "b"))
    job = here.submit(mine, submission())
    for act in (here.job, here.cancel, here.delete):
        with pytest.raises(NotFound):
            act(theirs, job.id)
    assert here.find_jobs(theirs, JobQuery()) == ([], 0)
    assert here.find_jobs(mine, JobQuery()) == ([job], 1)


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"program_id": "nothing"}, NotFound, "nothing"),
        ({"backend": "nowhere"}, Invalid, "backend"),
        ({"backend": "bin", "instance": "h/g/p"}, Invalid, "backend"),
        ({"instance": "a/b/c"}, PermissionDenied, "a/b/c"),
        ({"session_id": "none"}, Invalid, "session_id"),
    ],
)
def test_what_cannot_be_accepted_leaves_nothing_behind(
    fields: dict[str, str], error: type[Exception], field: str
) -> None:
    here = world()
    with pytest.raises(error, match=field):
        here.submit(ACCOUNT, submission(**fields))
    assert here.find_jobs(ACCOUNT, JobQuery()) == ([], 0)
    assert here.submit(ACCOUNT, submission()).id == "cjvks5fp8blo0kgog530"


def test_the_first_instance_with_the_backend_is_the_default() -> None:
    here = world()
    assert here.submit(ACCOUNT, submission()).instance == "h/g/p"
    assert here.submit(ACCOUNT, submission(backend="bin")).instance == "h/g/q"


def test_an_account_that_opened_itself_may_name_any_instance() -> None:
    here = world(accounts=[])
    account = here.accounts.log_in("a").account
    assert here.submit(account, submission(instance="a/b/c")).instance == "a/b/c"
    assert here.backend_names(account, "a/b/c") == ["box", "bin"]


def test_names_are_listed_for_one_instance_or_for_all() -> None:
    here = world()
    assert here.backend_names(ACCOUNT, "h/g/q") == ["box", "bin"]
    assert here.backend_names(ACCOUNT) == ["box", "box", "bin"]
    assert here.backend_names(ACCOUNT, "a/b/c") == []


def test_jobs_are_found_by_every_property() -> None:
    here = world(accounts=[Account("token", instances={"h/g/p": ["box"], "h/g/q": ["bin"]})])
    account = here.accounts.log_in("token").account
    first = here.submit(account, submission(tags=("x", "y")))
    here.clock.advance(10)
    second = here.submit(account, submission(backend="bin", program_id="estimator", tags=("x",)))

    def found(**wanted: object) -> list[Job]:
        return here.find_jobs(account, JobQuery(**wanted))[0]  # type: ignore[arg-type] # by name

    assert found() == [second, first]
    assert found(ascending=True) == [first, second]
    assert found(pending=True) == [second]
    assert found(pending=False) == [first]
    assert found(program_id="estimator") == [second]
    assert found(backend="box") == [first]
    assert found(instance="h/g/q") == [second]
    assert found(tags=frozenset("x")) == [second, first]
    assert found(tags=frozenset("xy")) == [first]
    assert found(created_after=second.created) == [second]
    assert found(created_before=first.created) == [first]
    assert found(session_id="none") == []
    assert here.find_jobs(account, JobQuery(limit=1, offset=1)) == ([first], 2)
    assert here.find_jobs(account, JobQuery(offset=5)) == ([], 2)


def test_a_session_is_born_with_its_first_job_and_joined_by_others() -> None:
    here = world()
    first = here.submit(ACCOUNT, submission(start_session=True, session_time=60))
    second = here.submit(ACCOUNT, submission(session_id=first.id))
    session = here.sessions[first.id]
    assert first.session_id == second.session_id == first.id
    assert (session.max_ttl, session.state) == (60, SessionState.OPEN)
    here.clock.advance(1)
    assert session.state is SessionState.ACTIVE
    with pytest.raises(Invalid, match="the session's backend is 'box'"):
        here.submit(ACCOUNT, submission(session_id=first.id, backend="bin"))
    with pytest.raises(Invalid, match="cannot start one"):
        here.submit(ACCOUNT, submission(session_id=first.id, start_session=True))


def test_cancelling_the_first_job_closes_the_session_and_fails_what_is_queued() -> None:
    here = world()
    first = here.submit(ACCOUNT, submission(start_session=True))
    second = here.submit(ACCOUNT, submission(session_id=first.id))
    here.cancel(ACCOUNT, first.id)
    assert here.sessions[first.id].state is SessionState.CLOSED
    assert (second.status, second.reason_code) == ("Failed", 1217)
    assert second.reason == f"Session {first.id} has been closed"
    with pytest.raises(Invalid, match="has been closed") as refused:
        here.submit(ACCOUNT, submission(session_id=first.id))
    assert refused.value.code == 1217


def test_equal_worlds_give_equal_tasks_and_other_seeds_others() -> None:
    seeds = []

    def keep(task: object) -> object:
        seeds.append(task.seed)  # type: ignore[attr-defined] # an engine is given tasks
        raise RuntimeError

    for seed in (1, 1, 2):
        here = world(seed=seed, engine=keep)
        here.submit(ACCOUNT, submission())
        here.clock.advance(1)
    assert seeds[0] == seeds[1] != seeds[2]


def test_a_clock_that_does_not_move_keeps_jobs_where_they_are() -> None:
    here = world()
    job = here.submit(ACCOUNT, submission())
    assert here.clock.now().isoformat().startswith(START[:-1])
    assert job.status is JobStatus.QUEUED
