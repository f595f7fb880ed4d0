"""One world of a server: its mock, its tokens, and what is kept of it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from dryshot.http import Request, Response
from dryshot.mock import Mock
from dryshot.server.clocks import ServedClock, microseconds
from dryshot.server.credentials import token_of
from dryshot.server.outcomes import Outcomes
from dryshot.server.records import Kind, Record, Stored, Unended, answer, encode_end, encode_request
from dryshot.server.runs import Runs
from dryshot.world import Account, Job, Outcome

__all__ = ["Genesis", "Handled", "Tenant"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_POSTS = frozenset({"/v3/resources/search"})
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Genesis:
    """What a world is made from; the same gives the same.

    A maker gives ``seed``, ``clock`` and ``accounts`` to the mock as they are, its executor as
    ``outcomes``, whose own ``executor`` it may set, and its pace as ``outcomes.pace(...)``. A
    ``neutral`` world is for whoever has none: nothing goes wrong there by itself.
    """

    seed: int
    clock: ServedClock
    accounts: tuple[Account, ...] = field(repr=False)
    outcomes: Outcomes
    neutral: bool = False


class Handled(NamedTuple):
    """An answer, the token in it, and tokens that are too old to be known any longer."""

    response: Response
    token: str | None = None
    forgotten: Sequence[str] = ()


class Tenant:
    """A world, and the record of what happens in it; ``keep`` is where the record goes, if any.

    Its methods may be called from any thread. ``ended`` is set when another world takes its place.
    """

    def __init__(
        self,
        stored: Stored,
        genesis: Genesis,
        mock: Mock,
        keep: Callable[[Stored, Record], None] | None,
        *,
        max_tokens: int = 10_000,
    ) -> None:
        self.stored = stored
        self.mock = mock
        self.clock = genesis.clock
        self.outcomes = genesis.outcomes
        self.tokens: OrderedDict[str, int] = OrderedDict()
        self.proven = False
        self.ended = False
        self._keep = keep
        self._max_tokens = max_tokens
        self._logins = 0
        self._runs = Runs(mock.world, self.outcomes)
        self._stopped: list[Job] = []
        # those that a world is born with are not kept: it is born with them again
        self._faults: list[dict[str, Any]] = mock.faults.to_json()
        self.mock.faults.kept = self.mock.world.kept = keep is not None
        self.clock.on_set = self._keep_clock
        mock.world.trouble.on_change = self._keep_trouble

    @property
    def name(self) -> str:
        """The tenant's name."""
        return self.stored.name

    @property
    def idle(self) -> bool:
        """Whether no job waits or runs."""
        with self.clock.lock:
            self._follow_jobs()
            return self._runs.idle

    def handle(self, request: Request) -> Handled | None:
        """The answer; None if the world has ended."""
        with self.clock.lock:
            if self.ended:
                return None
            struck = bool(self.mock.faults.pending)
            if struck:  # as they are before they strike, or it would happen otherwise in a replay
                self.keep_faults()
            try:
                response = self.mock(request)
            except Exception as error:
                self._follow_jobs()
                self._keep_request(request, type(error).__name__)
                raise
            return self.note(request, response, struck=struck)

    def note(
        self, request: Request, response: Response, *, keep: bool = True, struck: bool = False
    ) -> Handled:
        """Keep what a request changed, and which token it was given.

        One that may have been ``struck`` by a fault may have changed something in spite of it.
        """
        self._follow_jobs()
        token = token_of(request, response)
        success = response.status in _SUCCESS
        self.proven = self.proven or success
        kept = keep and (success or struck) and self._keep is not None
        if kept and self._changes(request):
            self._keep_request(request, answer(response, secret=token is not None))
        if keep and self._keep is not None:
            self.keep_faults()
        if token is None:
            return Handled(response)
        self.tokens[token] = self._logins
        self._logins += 1
        over = len(self.tokens) - self._max_tokens
        return Handled(response, token, [self.tokens.popitem(last=False)[0] for _ in range(over)])

    def end(self, *, unless_proven: bool = False) -> bool:
        """Answer no more; whether it did until now. One that ever did what was asked is proven."""
        with self.clock.lock:
            if self.ended or (unless_proven and self.proven):
                return False
            self.abandon()
            return True

    def abandon(self) -> None:
        """End without waiting for a request that is being answered, by an engine maybe."""
        self.ended = True
        self.outcomes.stop()

    def keep_faults(self) -> None:
        """Keep which calls are to fail, if that has changed."""
        if self._keep is None:
            return
        with self.clock.lock:
            self._follow_jobs()
            # set and counted by others, who tell nobody
            faults = self.mock.faults.to_json()
            if faults != self._faults:
                self._faults = faults
                self._record("faults", faults)

    def restore_faults(self, faults: list[dict[str, Any]]) -> None:
        """Let just these calls fail."""
        faults = [one if "kind" in one else _older(one) for one in faults]
        self.mock.faults.restore(faults)
        self._faults = faults

    def set_condition(self, device: str, **condition: Any) -> None:
        """As ``world.platform.set_condition``, and kept."""
        with self.clock.lock:
            self._follow_jobs()
            self.mock.world.platform.set_condition(device, **condition)
            self._record("condition", {"name": device, **condition})

    def _changes(self, request: Request) -> bool:
        if request.method not in _READING:
            return request.path not in _READING_POSTS
        steps = request.path.rstrip("/").split("/")
        if steps[-1] != "results":
            return False
        job = self.mock.world.jobs.get(steps[-2])
        return job is not None and (job.submission.private or job.loss is not None)

    def _follow_jobs(self) -> None:
        """Keep how runs have ended since the last time."""
        for job, end in self._runs.ended():
            if self._keep is None:
                continue
            if end == "stopped":
                self._stopped.append(job)
            else:
                self._keep_end(job, end)

    def _keep_end(self, job: Job, end: Outcome | Unended) -> None:
        """Keep how a job's run ended, dated at that instant: it is never later than this one."""
        if job.started is not None and job.ended is not None:
            ended = microseconds(job.ended)
            data = encode_end(job.id, ended - microseconds(job.started), end)
            self._append("end", data, at=ended)

    def _keep_request(self, request: Request, answered: str) -> None:
        self._append("request", encode_request(request, answered, self.tokens))
        # Only now: a run that is known as stopped would never end without what stopped it.
        while self._stopped:
            self._keep_end(self._stopped.pop(0), "stopped")

    def _keep_clock(self) -> None:
        if not self.ended:
            self._follow_jobs()
            self._record("clock", asdict(self.clock.setting))

    def _keep_trouble(self, change: Mapping[str, Any]) -> None:
        if not self.ended:
            self._follow_jobs()
            self._record("trouble", change)

    def _record(self, kind: Kind, value: Any) -> None:
        self._append(kind, json.dumps(value, separators=(",", ":")).encode())

    def _append(self, kind: Kind, data: bytes, at: int | None = None) -> None:
        if self._keep is not None and not self.ended:
            now = self.clock.setting.now if at is None else at
            self._keep(self.stored, Record(kind, now, data))


def _older(fault: dict[str, Any]) -> dict[str, Any]:
    """A fault as states had it when all of them were failures."""
    return {"kind": "fail", "times": fault["left"]} | {
        name: fault[name] for name in ("status", "operation", "retry_after")
    }
