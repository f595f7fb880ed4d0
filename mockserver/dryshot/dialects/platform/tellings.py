"""Jobs as they were told lately: who asks again while nothing has changed is given the same."""

from __future__ import annotations

from typing import Any

from dryshot.contract import Call
from dryshot.dialects.encoding import to_json
from dryshot.dialects.platform import wire
from dryshot.world import Job

__all__ = ["Tellings"]

_MOST_KEPT, _LONGEST_KEPT = 64, 8 * 1024


class Tellings:
    """The last jobs that were asked for, as JSON, each with all of it that can change."""

    def __init__(self) -> None:
        self._told: dict[tuple[Any, ...], tuple[Job, tuple[Any, ...], bytes]] = {}

    def of(self, call: Call, job: Job, *, exclude_params: bool) -> bytes:
        """The job in JSON, as :func:`~dryshot.dialects.platform.wire.job` tells it."""
        key = job.id, wire.speaks_of_charges(call), exclude_params
        state = (
            job.submission,
            job.status,
            job.reason,
            job.reason_code,
            job.reason_solution,
            job.session_id,
            job.tags,
            job.cost,
            job.charge,
            job.usage_status,
            job.created,
            job.user_id,
        )
        known = self._told.get(key)
        if known is not None and known[0] is job and known[1] == state:
            return known[2]
        text = to_json(wire.job(call, job, exclude_params=exclude_params))
        if len(text) <= _LONGEST_KEPT:
            if len(self._told) >= _MOST_KEPT:
                self._told.clear()
            self._told[key] = job, state, text
        return text
