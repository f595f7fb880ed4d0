"""A model of the service: what was done to it, and what must therefore show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from dryshot.conformance.caller import Call, Caller
from dryshot.conformance.dialects import Dialect, Facts
from dryshot.conformance.findings import Broken
from dryshot.conformance.wire import Answer
from dryshot.world.lifecycle import JOB_TRANSITIONS, JobStatus

__all__ = ["FINAL", "Job", "Model"]

FINAL = frozenset(str(status) for status in JobStatus if status.final)
_NOT_FOUND = 404
_CONFLICT = 409


def _later(status: JobStatus) -> set[str]:
    """The states that can be seen after this one, itself among them."""
    found, todo = {status}, [status]
    while todo:
        new = {*JOB_TRANSITIONS[todo.pop()].values()} - found
        found |= new
        todo += new
    return {str(one) for one in found}


LATER: Mapping[str, set[str]] = {str(status): _later(status) for status in JobStatus}


@dataclass(slots=True)
class Job:
    """A job that was submitted, as far as it is known."""

    id: str
    number: int
    tags: tuple[str, ...] = ()
    session: str | None = None
    seen: str = str(JobStatus.QUEUED)
    cancelled: bool = False


@dataclass(slots=True)
class Model:
    """Does things to a service; ``Broken`` is raised when it shows what it must not.

    ``patience`` is how many seconds of the service's time a job may take, ``poll`` how many lie
    between two looks at it.
    """

    caller: Caller
    dialect: Dialect
    facts: Facts
    patience: float = 60.0
    poll: float = 0.25
    jobs: dict[str, Job] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    submitted: int = 0

    def send(self, name: str, id_: str | None = None, **given: Any) -> Answer:
        """Ask for one of the dialect's operations."""
        return self.caller.send(self.dialect.call(name, id_, **given))

    def broken(self, name: str, reason: str) -> NoReturn:
        """What was seen must not be."""
        raise Broken(self.dialect.operations.get(name, name), reason)

    def expect(self, name: str, answer: Answer, *statuses: int) -> Answer:
        """The answer, if its status is one of these."""
        if answer.status not in statuses:
            wanted = " or ".join(map(str, statuses))
            self.broken(name, f"answered {answer.status} in the place of {wanted}")
        return answer

    def submit(self, body: Mapping[str, Any] | None = None) -> Job:
        """A new job."""
        body = body or self.dialect.job(self.facts.backend)
        return self.submitted_as(self.send("submit", body=body), body)

    def submitted_as(self, answer: Answer, body: Mapping[str, Any]) -> Job:
        """The new job that a submission was answered with."""
        self.expect("submit", answer, 200)
        id_ = self.member("submit", answer, "id", str)
        if id_ in self.jobs or id_ in self.deleted:
            self.broken("submit", f"gave the id {id_} twice")
        self.submitted += 1
        job = Job(id_, self.submitted, tuple(body.get("tags") or ()), body.get("session_id"))
        self.jobs[id_] = job
        return job

    def member(self, name: str, answer: Answer, key: str, kind: type) -> Any:
        """A member of the object that was answered."""
        return self.member_of(name, answer.json, key, kind)

    def member_of(self, name: str, found: Any, key: str, kind: type = object) -> Any:
        """A member of an object."""
        if not isinstance(found, dict) or not isinstance(found.get(key), kind):
            self.broken(name, f"the answer has no {key}")
        return found.get(key)

    def look(self, job: Job) -> str:
        """Its status, which follows from what was seen before."""
        answer = self.expect("look", self.send("look", job.id), 200)
        if self.member("look", answer, "id", str) != job.id:
            self.broken("look", "answered another job")
        return self.saw("look", job, self.member("look", answer, "status", str))

    def saw(self, name: str, job: Job, status: str) -> str:
        """A status was seen: it may follow the last one, or else something is wrong."""
        if status not in LATER.get(job.seen, {status}):
            self.broken(name, f"a job that was {job.seen} became {status}")
        if job.cancelled and status != JobStatus.CANCELLED:
            self.broken(name, f"a job whose cancellation was accepted is {status}")
        job.seen = status
        return status

    def wait(self, job: Job) -> str:
        """Its final status."""
        clock = self.caller.wire
        end = clock.monotonic() + self.patience
        while self.look(job) not in FINAL:
            if clock.monotonic() > end:
                self.broken("look", f"a job is {job.seen} for more than {self.patience:g} s")
            clock.sleep(self.poll)
        return job.seen

    def results(self, job: Job) -> None:
        """Its results, which are there when it is Completed, and are not before the end."""
        before = self.look(job)
        answer = self.send("results", job.id)
        after = self.look(job)
        if before == JobStatus.COMPLETED:
            self.expect("results", answer, 200)
            if not answer.response.body:
                self.broken("results", "a Completed job has no results")
        elif after not in FINAL and answer.ok and answer.response.body:
            self.broken("results", f"a job that is {after} has results")

    def cancel(self, job: Job) -> None:
        """Cancel it: accepted before its end only, and then for good."""
        before = job.seen
        answer = self.expect("cancel", self.send("cancel", job.id), 204, _CONFLICT)
        if answer.status == _CONFLICT:
            if self.look(job) not in FINAL:
                self.broken("cancel", f"a job that is {job.seen} cannot be cancelled")
        elif before in FINAL:
            self.broken("cancel", f"a job that was {before} could be cancelled")
        else:
            job.cancelled = True
            self.look(job)

    def delete(self, job: Job) -> None:
        """Delete it when it has ended: it is not found any more, by nothing."""
        self.wait(job)
        self.expect("delete", self.send("delete", job.id), 204)
        del self.jobs[job.id]
        self.deleted.append(job.id)
        self.gone(job.id)

    def gone(self, id_: str) -> None:
        """What was deleted is not there."""
        for name in ("look", "results", "cancel", "delete"):
            self.expect(name, self.send(name, id_), _NOT_FOUND)

    def retag(self, job: Job, tags: tuple[str, ...]) -> None:
        """Give it other tags, which show from then on."""
        self.expect("retag", self.send("retag", job.id, body={"tags": list(tags)}), 204)
        job.tags = tags
        found = self.expect("look", self.send("look", job.id), 200).json
        if sorted(found.get("tags") or ()) != sorted(tags):
            self.broken("retag", "a job does not show the tags it was given")

    def listed(self, **query: Any) -> list[Any]:
        """The jobs of a listing, from all its pages."""
        found: list[Any] = []
        while True:
            page = {"limit": 200, "offset": len(found), **query}
            answer = self.expect("list", self.send("list", query=page), 200)
            jobs = self.member("list", answer, "jobs", list)
            count = self.member("list", answer, "count", int)
            if len(jobs) > page["limit"]:
                self.broken("list", f"a page of {page['limit']} has {len(jobs)} jobs")
            found += jobs
            if not jobs or len(found) >= count:
                if len(found) != count:
                    self.broken("list", f"the count is {count}, and there are {len(found)} jobs")
                return found

    def check_list(self) -> None:
        """What was made is listed, newest first, in its state; what was deleted is not."""
        found = self.listed()
        ids = [one.get("id") for one in found]
        mine = sorted(self.jobs.values(), key=lambda job: -job.number)
        order = [id_ for id_ in ids if id_ in self.jobs]
        if missing := {job.id for job in mine} - {*order}:
            self.broken("list", f"{len(missing)} jobs that were submitted are not listed")
        if len(order) != len(mine):
            self.broken("list", "a job is listed twice")
        if order != [job.id for job in mine]:
            self.broken("list", "the newest job is not the first")
        if {*self.deleted} & {*ids}:
            self.broken("list", "a job that was deleted is listed")
        for one in found:
            job = self.jobs.get(str(one.get("id")))
            if job is not None:
                self.saw("list", job, str(one.get("status")))

    def check_tags(self, tag: str) -> None:
        """A listing by a tag has the jobs that carry it, and no other."""
        ids = {one.get("id") for one in self.listed(tags=[tag])}
        mine = {job.id for job in self.jobs.values() if tag in job.tags}
        if mine - ids:
            self.broken("list", "a job is not listed by its tag")
        if ids & {*self.jobs} - mine:
            self.broken("list", "a job is listed by a tag that it does not carry")

    def check_strangers(self) -> None:
        """Without credentials, and with wrong ones, nothing is shown."""
        for wrong in ({}, self.dialect.wrong):
            answer = self.caller.send(Call(self.dialect.key("list")), credentials=wrong)
            self.expect("list", answer, 401)

    def clean(self) -> None:
        """Remove every job that was made; what resists is left."""
        for job in list(self.jobs.values()):
            if job.seen not in FINAL:
                self.send("cancel", job.id)
            self.send("delete", job.id)
            del self.jobs[job.id]
