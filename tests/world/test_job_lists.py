from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dryshot import Mock, Pace
from dryshot.snapshots import Snapshot
from dryshot.world import Job, JobQuery, Outcome, Submission
from dryshot.world.jobs import Owner
from dryshot.world.lifecycle import JobEvent
from dryshot.world.shelves import Jobs

DEVICES = {
    "classic": ("ibm_wellington", "simulator_mps"),
    "platform": ("ibm_fez", "ibm_torino", "mock_torino"),
}
PROGRAMS = ("sampler", "estimator")
TAGS = ("a", "b", "ab")
START = datetime(2023, 9, 11, 17, tzinfo=UTC)


def scanned(jobs: Mapping[str, Job], owner: Owner, query: JobQuery) -> tuple[list[str], int]:
    """The ids on a page of a list, by looking at every job."""
    dialect, name = owner
    found = [
        job.id
        for job in jobs.values()
        if job.dialect == dialect
        and name == (job.account_id if dialect == "classic" else job.instance)
        and (query.program_id is None or job.program_id == query.program_id)
        and (query.backend is None or job.backend == query.backend)
        and (query.instance is None or job.instance == query.instance)
        and (query.session_id is None or job.session_id == query.session_id)
        and (query.pending is None or query.pending == (job.status in {"Queued", "Running"}))
        and (query.created_after is None or job.created >= query.created_after)
        and (query.created_before is None or job.created <= query.created_before)
        and query.tags <= set(job.tags)
        and (query.include_mocks or not job.mock)
        and (not query.backends or job.backend in query.backends)
        and any(query.search in text for text in (job.id, *job.tags))
    ]
    ordered = found if query.ascending else found[::-1]
    return ordered[query.offset : query.offset + query.limit], len(found)


def ids(answer: tuple[list[Job], int]) -> tuple[list[str], int]:
    return [job.id for job in answer[0]], answer[1]


def instants(most: int) -> st.SearchStrategy[datetime | None]:
    return st.none() | st.integers(0, most).map(lambda minutes: START + timedelta(minutes=minutes))


QUERIES = st.builds(
    JobQuery,
    pending=st.none() | st.booleans(),
    program_id=st.none() | st.sampled_from(PROGRAMS),
    backend=st.none() | st.sampled_from(sum(DEVICES.values(), ())),
    tags=st.frozensets(st.sampled_from(TAGS), max_size=2),
    created_after=instants(60),
    created_before=instants(60),
    include_mocks=st.booleans(),
    backends=st.frozensets(st.sampled_from(("ibm_fez", "simulator_mps")), max_size=2),
    search=st.sampled_from(("", "", "b", "no such text")),
    ascending=st.booleans(),
    limit=st.integers(1, 5),
    offset=st.integers(0, 4),
)
WHICH = st.integers(0, 10**6)


class JobLists(RuleBasedStateMachine):
    """Two users make, change and lose jobs of both services, while time goes and comes back."""

    def __init__(self) -> None:
        super().__init__()
        done = Outcome(failed=False, body="{}", quantum_seconds=1)
        self.mock = Mock(engine=lambda _task: done, pace=Pace(30, 60))
        self.world = self.mock.world
        self.users = [self.world.accounts.open_with(key) for key in ("one", "two")]
        self.kept: Snapshot | None = None

    @rule(
        user=st.integers(0, 1),
        device=st.sampled_from(DEVICES["classic"]),
        program=st.sampled_from(PROGRAMS),
        tags=st.lists(st.sampled_from(TAGS), max_size=2),
        starts=st.booleans(),
    )
    def submit_to_the_classic_service(
        self, user: int, device: str, program: str, tags: list[str], *, starts: bool
    ) -> None:
        wanted = Submission(program, device, {}, tags=tuple(tags), start_session=starts)
        self.world.submit(self.users[user], wanted)

    @rule(
        user=st.integers(0, 1),
        place=st.integers(0, 1),
        program=st.sampled_from(PROGRAMS),
        tags=st.lists(st.sampled_from(TAGS), max_size=2),
    )
    def submit_to_the_platform(self, user: int, place: int, program: str, tags: list[str]) -> None:
        account = self.users[user]
        instance = self.world.platform.instances(account)[place]
        device = self.world.platform.backends(instance, mocks=True)[0].name
        wanted = Submission(program, device, {}, tags=tuple(tags), dialect="platform")
        self.world.platform.submit(account, instance, wanted)

    @rule(
        user=st.integers(0, 1),
        dialect=st.sampled_from(("classic", "platform")),
        state=st.sampled_from(("Queued", "Running", "Completed", "Failed")),
        device=WHICH,
        created=instants(20),
        tags=st.lists(st.sampled_from(TAGS), max_size=2),
    )
    def declare(self, user: int, dialect: Any, device: int, **fields: Any) -> None:
        names = DEVICES[dialect]
        self.world.add_job(
            account=self.users[user],
            dialect=dialect,
            backend=names[device % len(names)],
            seconds=90,
            **fields,
        )

    @rule(which=WHICH, tags=st.lists(st.sampled_from(TAGS), max_size=3))
    def retag(self, which: int, tags: list[str]) -> None:
        self.change(
            which,
            lambda user, job: self.world.replace_tags(user, job.id, tags),
            lambda user, place, job: self.world.platform.replace_tags(user, place, job, tags),
        )

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self.change(
            which,
            lambda user, job: None if job.status.final else self.world.cancel(user, job.id),
            lambda user, place, job: (
                None
                if self.world.jobs[job].status.final
                else self.world.platform.cancel(user, place, job)
            ),
        )

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        self.change(
            which,
            lambda user, job: self.world.delete(user, job.id),
            lambda user, place, job: (
                self.world.platform.delete(user, place, job)
                if self.world.jobs[job].status.final
                else None
            ),
        )

    @rule(seconds=st.sampled_from((0, 20, 40, 100, 4000)))
    def wait(self, seconds: int) -> None:
        self.mock.clock.advance(seconds)

    @rule()
    def note(self) -> None:
        self.kept = self.mock.snapshot()

    @precondition(lambda self: self.kept is not None)
    @rule()
    def go_back(self) -> None:
        assert self.kept is not None
        self.mock.restore(self.kept)

    @rule(query=QUERIES, session=WHICH)
    def look(self, query: JobQuery, session: int) -> None:
        everyone = [*self.world.jobs.values()]
        chosen = everyone[session % len(everyone)] if everyone and session % 2 else None
        for one in (query, by_session(query, chosen), by_instance(query, chosen)):
            self.compare(one)

    @invariant()
    def whole_lists_are_exact(self) -> None:
        self.compare(JobQuery(limit=200))
        self.compare(JobQuery(created_after=START + timedelta(minutes=9), limit=200))

    def compare(self, query: JobQuery) -> None:
        jobs = self.world.jobs
        for user in self.users:
            found = ids(self.world.find_jobs(user, query))
            assert found == scanned(jobs, ("classic", user.id), query)
            tags = {tag for job in self.world.find_jobs(user, JobQuery())[0] for tag in job.tags}
            assert self.world.tags(user) == sorted(tags)
            for place in self.world.platform.instances(user):
                answer = self.world.platform.find_jobs(user, place, query)
                assert ids(answer) == scanned(jobs, ("platform", place.crn), query)

    def change(
        self, which: int, classic: Callable[..., object], platform: Callable[..., object]
    ) -> None:
        everyone = [*self.world.jobs.values()]
        if not everyone:
            return
        job = everyone[which % len(everyone)]
        user = next(one for one in self.users if one.id == job.account_id)
        if job.dialect == "classic":
            classic(user, job)
        else:
            platform(user, self.world.platform.instance_of(job), job.id)


def by_session(query: JobQuery, job: Job | None) -> JobQuery:
    return JobQuery(session_id=job.session_id if job else "none", pending=query.pending)


def by_instance(query: JobQuery, job: Job | None) -> JobQuery:
    return JobQuery(instance=job.instance if job else "none", tags=query.tags)


TestJobLists = JobLists.TestCase
TestJobLists.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def made(random: Random, number: int, *, ordered: bool) -> Job:
    minutes = number // 90 if ordered else random.randrange(60)
    wanted = Submission(random.choice(PROGRAMS), random.choice(("ibm_fez", "simulator_mps")), {})
    return Job(
        id=f"job{number}",
        account_id="someone",
        submission=wanted,
        instance="h/g/p",
        created=START + timedelta(minutes=minutes),
        cost=1,
        tags=tuple(random.sample(TAGS, random.randrange(3))),
    )


def test_lists_of_many_jobs_are_those_of_a_scan() -> None:
    random, jobs = Random(7), Jobs()
    for number in range(9_000):  # which fill two drawers; the second one is in no order
        jobs.keep(made(random, number, ordered=number < 4_500))
    for job in random.sample(list(jobs.all.values()), 2_000):
        jobs.remove(job)
    for job in random.sample(list(jobs.all.values()), 500):
        job.happen(JobEvent.CANCEL, START)
        jobs.retag(job, random.sample(TAGS, 2))
    bounds = (None, START + timedelta(minutes=13), START + timedelta(minutes=44))
    for ascending, after, before in itertools.product((True, False), bounds, bounds):
        query = JobQuery(
            pending=random.choice((None, True, False)),
            tags=frozenset(random.sample(TAGS, random.randrange(2))),
            created_after=after,
            created_before=before,
            ascending=ascending,
            limit=random.randrange(1, 200),
            offset=random.choice((0, 3, 700, 4_000, 9_000)),
        )
        owner: Owner = ("classic", "someone")
        assert ids(jobs.find(owner, query)) == scanned(jobs.all, owner, query)


def test_nothing_is_kept_of_jobs_that_are_gone() -> None:
    random, jobs = Random(7), Jobs()
    for number in range(5_000):
        jobs.keep(made(random, number, ordered=True))
    for job in list(jobs.all.values()):
        jobs.remove(job)
    owner: Owner = ("classic", "someone")
    assert (dict(jobs.all), jobs.of(owner), jobs.tags(owner)) == ({}, [], [])
    again = made(random, 1, ordered=True)
    jobs.keep(again)
    assert jobs.find(owner, JobQuery()) == ([again], 1)


def test_a_job_that_takes_the_place_of_another_is_listed_once() -> None:
    random, jobs = Random(7), Jobs()
    first, second = made(random, 1, ordered=True), made(random, 1, ordered=True)
    jobs.keep(first)
    jobs.keep(second)
    first.happen(JobEvent.CANCEL, START)
    assert jobs.find(("classic", "someone"), JobQuery(pending=True)) == ([second], 1)
    assert jobs.find(("classic", "someone"), JobQuery(pending=False)) == ([], 0)
