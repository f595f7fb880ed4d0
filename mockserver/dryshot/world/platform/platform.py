"""The platform of a world: the one place through which its dialect asks and changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from dryshot.errors import Conflict, Invalid, NotFound
from dryshot.world.accounts import Account
from dryshot.world.commons import Commons
from dryshot.world.ids import stream
from dryshot.world.instances import ServiceInstance
from dryshot.world.jobs import Job, JobQuery, Owner, Submission
from dryshot.world.lifecycle import JobEvent
from dryshot.world.platform.access import Access
from dryshot.world.platform.analytics import Analytics
from dryshot.world.platform.sessions import CLOSED_SESSION, Sessions
from dryshot.world.platform.usage import Ledger, Usage, charge_for
from dryshot.world.platform.workloads import WorkloadPage, WorkloadQuery, workloads_of
from dryshot.world.sessions import Mode, Session

__all__ = ["Platform"]

_NOT_CANCELLABLE, _NOT_DELETABLE, _NO_RESULTS_YET, _OVER_LIMIT = 1306, 1337, 1234, 4317


class Platform(Access):
    """Tokens, instances, devices, jobs, sessions and usage of the platform.

    Two settings may be changed at any time. ``over_limit`` is what becomes of a job when its
    instance has used all it may: "queue" lets it wait until the window frees some, "refuse" does
    not take it, None takes no notice. ``billing_delay`` is how many seconds after a job's end its
    usage is still pending. ``offered`` are the devices that usual instances have besides the usual
    ones.
    """

    def __init__(self, commons: Commons, offered: Iterable[str] = ()) -> None:
        self._limits = commons.limits
        self.over_limit: Literal["queue", "refuse"] | None = self._limits.usage
        self.billing_delay: float = 0.0
        super().__init__(commons, offered)
        self.refusing: list[str] = []
        self.refused_versions: list[str] = []
        self.forgotten_versions: list[str] = []
        self._clock = commons.clock
        self._ledger = Ledger(self._clock)
        random = stream(commons.seed, "sessions")
        self._sessions = Sessions(
            self._clock, lambda: commons.ids.new_session(random), self._fail, self._limits
        )
        self.analytics = Analytics(
            self._clock, self._instances.of, commons.backends, commons.jobs.all, self._sessions.all
        )

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session by its id, whoever's it is, oldest first."""
        return self._sessions.all

    def configure_instance(self, instance: ServiceInstance, limit: int | None) -> None:
        """Set the limit in seconds, None for the plan's own; what waited for more may go on."""
        own = instance.plan.usage_limit_seconds
        instance.usage_limit_seconds = own if limit is None else int(limit)
        self._commons.runner.wake()

    def assign_backends(self, instance: ServiceInstance, names: Iterable[str]) -> None:
        """Give the instance these devices, and none but these; none at all means every one."""
        wanted = tuple(names)
        for name in wanted:
            if name not in self._commons.backends:
                raise Invalid("parameters.backends", f"there is no backend {name!r}")
        instance.backends = wanted

    def submit(self, account: Account, instance: ServiceInstance, submission: Submission) -> Job:
        """Queue a new job; ``Refusal`` of the fitting kind if it cannot be accepted.

        Its ``cost`` is never more than the plan allows, and just that if it is not given.
        """
        self._commons.rate.check(account.id)
        backend = self._machines.get(instance, submission.backend)
        self._machines.check_calibration(instance, submission.calibration_id)
        session = self._sessions.admit(instance, submission)
        refuse = self.over_limit == "refuse" or instance.crn in self.refusing
        if refuse and self._ledger.usage(instance).limit_reached:
            raise Conflict("Usage exceeds the instance limit", code=_OVER_LIMIT)
        if submission.dialect != "platform" or submission.instance != instance.crn:
            submission = replace(submission, instance=instance.crn, dialect="platform")
        job = Job(
            id=self._commons.new_id(),
            account_id=account.id,
            submission=submission,
            instance=instance.crn,
            created=self._clock.now(),
            cost=self._limits.cost_of(instance.plan, submission.cost),
            tags=submission.tags,
            session_id=submission.session_id,
            user_id=account.user_id,
            mock=backend.mock,
        )
        self._commons.enqueue(job, backend)
        self._commons.rate.count(account.id)
        if session is not None:
            self._sessions.join(session, job)
        return job

    def job(self, _account: Account, instance: ServiceInstance, job_id: str) -> Job:
        """One job of the instance; ``NotFound`` if it has none of that id."""
        job = self._commons.jobs.get(job_id)
        if job is None or job.instance != instance.crn:
            raise NotFound("job", job_id)
        return job

    def find_jobs(
        self, _account: Account, instance: ServiceInstance, query: JobQuery
    ) -> tuple[list[Job], int]:
        """A page of the instance's jobs, and how many there are on all pages."""
        return self._commons.jobs.find(_owner(instance), query)

    def cancel(self, account: Account, instance: ServiceInstance, job_id: str) -> Job:
        """Cancel a job that has not ended, else ``Conflict`` (1306)."""
        job = self.job(account, instance, job_id)
        if job.status.final:
            raise Conflict(f"the job is {job.status}; it cannot be cancelled", _NOT_CANCELLABLE)
        self._commons.runner.drop(job)
        job.happen(JobEvent.CANCEL, self._clock.now())
        self.follow(job)
        return job

    def delete(self, account: Account, instance: ServiceInstance, job_id: str) -> None:
        """Remove a job that has ended, else ``Invalid`` (1337); its charge stays."""
        job = self.job(account, instance, job_id)
        if not job.status.final:
            raise Invalid("id", f"the job is {job.status}; it has not ended", code=_NOT_DELETABLE)
        self._commons.jobs.remove(job)

    def replace_tags(
        self, account: Account, instance: ServiceInstance, job_id: str, tags: Iterable[str]
    ) -> Job:
        """Give a job these tags instead of those it had."""
        job = self.job(account, instance, job_id)
        self._commons.jobs.retag(job, tags)
        return job

    def tags(self, _account: Account, instance: ServiceInstance, search: str) -> list[str]:
        """The tags of the instance's jobs that contain a text, each once, sorted."""
        return self._commons.jobs.tags(_owner(instance), search)

    def results(self, job: Job) -> str | None:
        """What the program returned, or its traceback; None for a job that has neither.

        A private job gives it once. ``Invalid`` (1234) before the end.
        """
        if not job.status.final:
            raise Invalid("id", f"the job is {job.status}; it has not ended", code=_NO_RESULTS_YET)
        if not job.read_results() or job.outcome is None:
            return None
        body = job.outcome.body
        if job.submission.private:
            job.outcome = replace(job.outcome, body="")
        return body or None

    def usage(self, instance: ServiceInstance) -> Usage:
        """What the instance used in the last 28 days: the sum of its jobs' charges."""
        return self._ledger.usage(instance)

    def open_session(
        self,
        account: Account,
        instance: ServiceInstance,
        *,
        mode: Mode,
        backend: str,
        max_ttl: int | None = None,
    ) -> Session:
        """A new session; ``Invalid`` (1352) if the plan has no dedicated ones."""
        machine = self._machines.get(instance, backend)
        return self._sessions.open(account, instance, mode, machine, max_ttl)

    def adopt_session(self, session: Session, *, expires: bool = False) -> None:
        """Take in a session that was opened elsewhere; its time may go on to run out."""
        self._sessions.adopt(session, expires=expires)

    def join_session(self, session: Session, job: Job) -> None:
        """Let a job that was made otherwise be one of the session's."""
        self._sessions.join(session, job)

    def instance_of(self, job: Job) -> ServiceInstance:
        """The instance in which a job is."""
        return self._instances.by_crn(job.instance)

    def charge(self, instance: ServiceInstance, seconds: int, when: datetime | None = None) -> None:
        """Let the instance have used device time, now or before, otherwise than by jobs here."""
        self._ledger.add(instance.crn, seconds, when)

    def refund(self, instance: ServiceInstance, seconds: int, when: datetime) -> None:
        """Take back what was charged at ``when``; what waited for that may go on."""
        self._ledger.take_back(instance.crn, seconds, when)
        self._commons.runner.wake()

    def session(self, _account: Account, instance: ServiceInstance, session_id: str) -> Session:
        """One session of the instance; ``NotFound`` if it has none of that id."""
        return self._sessions.get(instance, session_id)

    def set_accepting(self, session: Session, accepting: bool) -> None:  # noqa: FBT001 - the value
        """Take new jobs, or no more and close after the last."""
        self._sessions.set_accepting(session, accepting)

    def close_session(self, session: Session) -> None:
        """Close it now: its running jobs go on, its queued jobs fail (1217)."""
        self._sessions.close(session)

    def workloads(
        self, account: Account, instance: ServiceInstance, query: WorkloadQuery
    ) -> WorkloadPage:
        """A page of the instance's sessions, and of its jobs that are in none."""
        del account
        sessions = [one for one in self._sessions.all.values() if one.instance == instance.crn]
        jobs = self._commons.jobs.of(_owner(instance))
        return query.page(workloads_of(jobs, sessions, self._clock.now()))

    def hold(self, job: Job) -> float:
        """Seconds that a job must yet wait for its device or for its instance's limit."""
        if self._machines.waits(job.backend):
            return float("inf")
        if job.dialect == "classic" or job.mock or self.over_limit is None:
            return 0.0
        return self._ledger.wait(self._instances.by_crn(job.instance))

    def follow(self, job: Job) -> None:
        """Charge a job that has ended, and let its session go where it takes it."""
        if job.status.final:
            job.charge = 0 if job.mock else charge_for(job, self._commons.backends[job.backend])
            self._ledger.add(job.instance, job.charge)
            if self.billing_delay > 0:
                self._clock.call_later(self.billing_delay, lambda: _settle(job))
            else:
                _settle(job)
        self._sessions.follow(job)

    def _fail(self, job: Job) -> None:
        """End a queued job whose session was closed."""
        self._commons.runner.drop(job)
        reason = f"Session {job.session_id} has been closed"
        now = self._clock.now()
        job.happen(JobEvent.FAIL, now, reason=reason, reason_code=CLOSED_SESSION)
        self.follow(job)


def _owner(instance: ServiceInstance) -> Owner:
    return "platform", instance.crn


def _settle(job: Job) -> None:
    job.usage_status = "complete"
