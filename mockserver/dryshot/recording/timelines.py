"""Timelines: what a recording tells of a job, whenever and by whichever call it was told.

A job's instants count from its making. A status begins when it was first seen, unless the job's
metrics say exactly when; a run that nobody saw lasted as long as the job was charged for. The end
that was recorded is how it ends again, with two exceptions: a job that was cancelled by a call, or
that failed because its session was closed, waits for that call, however long it takes; and one
whose end nobody saw goes on a second longer than it was watched, to an end that is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dryshot.contract.wire import media_type
from dryshot.recording.calls import SUBMISSIONS, Asked, made_of, read_json
from dryshot.recording.cassette import Interaction
from dryshot.world import JobStatus, Outcome, Pace
from dryshot.world.work import DialectName

__all__ = ["FOREVER", "Timeline", "fold", "status_of"]

FOREVER = 1e9
"""Seconds that no test waits: the pace of what waits for a call."""

_CLOSED_SESSION, _RAN_TOO_LONG = 1217, 1305
_TELLING = {"get_job": "", "list_jobs": "jobs", "list_facade_jobs": "items"}  # where jobs are
_RESULTS = frozenset({"get_job_results", "get_job_results_jid"})
_LOGS = frozenset({"get_job_logs", "get_jog_logs_jid"})
_METRICS = frozenset({"get_job_metrics", "get_job_metrics_jid"})
_CANCEL = frozenset({"cancel_job", "cancel_job_jid"})


@dataclass(slots=True)
class Timeline:
    """``start`` is the recorder's instant from which what was seen counts, in seconds.

    ``body`` is all that was told of the job in its own words, the latest last; ``order`` is when it
    was first heard of, among all jobs. ``submitted`` is whether its making was recorded.
    """

    id: str
    dialect: DialectName
    start: datetime
    order: int
    instance: str = ""
    submitted: bool = False
    body: dict[str, Any] = field(default_factory=dict, repr=False)
    seen: list[tuple[float, JobStatus]] = field(default_factory=list)
    exact: dict[str, float | None] = field(default_factory=dict)
    cancelled_by_call: bool = False
    results: str | None = field(default=None, repr=False)
    logs: str = field(default="", repr=False)
    sizes: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def status(self) -> JobStatus:
        """The last one seen."""
        return self.seen[-1][1] if self.seen else JobStatus.QUEUED

    @property
    def reason(self) -> str | None:
        """Why it ended, in the service's words."""
        reason = _state(self.body).get("reason")
        return None if reason is None else str(reason)

    @property
    def reason_code(self) -> int | None:
        """Why it ended, as a number."""
        state = _state(self.body)
        code = state.get("reason_code", state.get("reasonCode"))
        return int(code) if isinstance(code, (int, str)) and str(code).isdigit() else None

    @property
    def waits(self) -> bool:
        """Whether it ended by a call that was recorded as well."""
        return self.cancelled_by_call or self.reason_code == _CLOSED_SESSION

    @property
    def ran_too_long(self) -> bool:
        """Whether the service stopped it."""
        return self.status is JobStatus.CANCELLED and self.reason_code == _RAN_TOO_LONG

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled by nobody whose call was recorded."""
        cancelled = self.status is JobStatus.CANCELLED
        return cancelled and not self.cancelled_by_call and not self.ran_too_long

    @property
    def ended(self) -> float | None:
        """When it was final; None if nobody saw that."""
        if not self.status.final:
            return None
        exact = self.exact.get("finished")
        return self._first(self.status) if exact is None else exact

    @property
    def ran(self) -> float | None:
        """When it began to run; None if it never did, or nobody knows."""
        exact = self.exact.get("running")
        seen = self._first(JobStatus.RUNNING)
        if exact is not None or seen is not None:
            return seen if exact is None else exact
        if self.ended is None or self.status is not JobStatus.COMPLETED:
            return None
        queued = [at for at, status in self.seen if status is JobStatus.QUEUED]
        return max(0.0, *queued, self.ended - self.seconds)

    @property
    def pace(self) -> Pace:
        """How long it waits from its making, and then runs."""
        ran, ended = self.ran, self.ended
        if self.cancelled or self.waits:
            return Pace(FOREVER if ran is None else ran, FOREVER)
        if ended is None:
            last = self.seen[-1][0] + 1 if self.seen else 1.0
            return Pace(last, 1) if ran is None else Pace(ran, max(0.0, last - ran))
        return Pace(ended, 0) if ran is None else Pace(ran, max(0.0, ended - ran))

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, if it did by itself and its results were asked for, or it failed."""
        failed = self.status is JobStatus.FAILED
        if not failed and (self.status is not JobStatus.COMPLETED or self.results is None):
            return None
        return Outcome(
            failed=failed,
            body=self.results if self.results is not None else self.reason or "",
            reason=self.reason if failed else None,
            reason_code=self.reason_code if failed else None,
            quantum_seconds=self.seconds,
            logs=self.logs,
            **self.sizes,
        )

    def see(self, at: datetime, status: JobStatus) -> None:
        """It was of this status at that instant; what was seen does not go back."""
        if not self.status.final or status is self.status:
            self.seen.append((max(0.0, (at - self.start).total_seconds()), status))

    def _first(self, status: JobStatus) -> float | None:
        return next((at for at, seen in self.seen if seen is status), None)


def fold(recorded: Iterable[tuple[Asked, Interaction]]) -> dict[str, Timeline]:
    """The timelines of all jobs that a recording tells of, in the order of their making."""
    reader = _Reader()
    for asked, interaction in recorded:
        if interaction.response.status < 400:  # noqa: PLR2004 - a refusal tells nothing of a job
            reader.read(asked, interaction)
    return dict(sorted(reader.found.items(), key=lambda item: (item[1].start, item[1].order)))


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, Timeline] = {}

    def read(self, asked: Asked, interaction: Interaction) -> None:
        operation, at = asked.operation, interaction.at
        body = read_json(interaction.response.body)
        made = made_of(interaction.response)
        if asked.key in SUBMISSIONS and made is not None:
            job = self._job(made, asked, at)
            job.start, job.submitted = at, True
            job.body |= {**(asked.body or {}), **body}
            job.see(at, JobStatus.QUEUED)
        elif operation in _TELLING and isinstance(body, dict):
            for item in [body] if made is not None else body.get(_TELLING[operation], ()):
                if item.get("type") != "IQX":  # a job of an older API
                    self._told(item, asked, at)
        elif (job_id := asked.target) in self.found:
            self._more(self.found[str(job_id)], asked, interaction, body)

    def _job(self, job_id: str, asked: Asked, start: datetime) -> Timeline:
        if job_id not in self.found:
            classic = (asked.key or "").startswith("legacy")
            dialect: DialectName = "classic" if classic else "platform"
            order = len(self.found)
            self.found[job_id] = Timeline(job_id, dialect, start, order, asked.instance)
        return self.found[job_id]

    def _told(self, body: dict[str, Any], asked: Asked, at: datetime) -> None:
        job = self._job(body["id"], asked, _instant(body.get("created")) or at)
        job.body |= body
        job.seconds = _seconds(body.get("usage")) or job.seconds
        status = status_of(body)
        if status is not None:
            job.see(at, status)

    def _more(self, job: Timeline, asked: Asked, interaction: Interaction, body: Any) -> None:
        response, at = interaction.response, interaction.at
        if asked.operation in _CANCEL:
            job.cancelled_by_call = True
            job.see(at, JobStatus.CANCELLED)
        elif asked.operation in _METRICS and isinstance(body, dict):
            self._metrics(job, body)
        elif asked.operation in _LOGS and response.body:
            job.logs = response.body.decode(errors="replace")
        elif asked.operation in _RESULTS and response.body:
            job.results = response.body.decode(errors="replace")
            if not job.status.final:
                text = media_type(response.headers.get("content-type", "")) == "text/plain"
                job.see(at, JobStatus.FAILED if text else JobStatus.COMPLETED)

    def _metrics(self, job: Timeline, body: Mapping[str, Any]) -> None:
        job.seconds = _seconds(body.get("usage")) or job.seconds
        times = body.get("timestamps") or {}
        created = _instant(times.get("created"))
        for name in ("running", "finished"):
            instant = _instant(times.get(name))
            if created is not None and instant is not None:
                job.exact[name] = max(0.0, (instant - created).total_seconds())
        for name in ("executions", "num_circuits"):
            if isinstance(body.get(name), int):
                job.sizes[name] = body[name]
        for name in ("num_qubits", "circuit_depths"):
            if isinstance(body.get(name), list):
                job.sizes[name] = tuple(body[name])


def status_of(body: Mapping[str, Any]) -> JobStatus | None:
    """The status that a job's own words tell; None if they tell none that is known."""
    text = str(_state(body).get("status") or body.get("status") or "")
    word = text.partition(" ")[0].capitalize()
    return JobStatus(word) if word in JobStatus.__members__.values() else None


def _instant(text: Any) -> datetime | None:
    """An instant as it is written; one without an offset is in UTC."""
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _state(body: Mapping[str, Any]) -> Mapping[str, Any]:
    state = body.get("state")
    return state if isinstance(state, Mapping) else {}


def _seconds(usage: Any) -> float:
    if not isinstance(usage, Mapping):
        return 0.0
    names = ("quantum_seconds", "qpu_charge_time_seconds", "seconds")
    return next((float(usage[name]) for name in names if usage.get(name)), 0.0)
