"""When the parts of a job ran, as far as its id tells: equal tasks give equal times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dryshot.world.ids import decode_xid
from dryshot.world.work import Task

__all__ = ["Period", "Timeline"]

Period = tuple[datetime, datetime]

LOADING = timedelta(seconds=1)


class Timeline:
    """Periods one after the other, beginning one second after the job was made."""

    def __init__(self, task: Task) -> None:
        try:
            created = decode_xid(task.job_id).created
        except ValueError:  # an id of another make says nothing about time
            created = datetime.fromtimestamp(0, UTC)
        self._now = created + LOADING

    def add(self, seconds: float) -> Period:
        """The next period, ``seconds`` long, in UTC."""
        start = self._now
        self._now = start + max(timedelta(seconds=seconds), timedelta(microseconds=1))
        return start, self._now
