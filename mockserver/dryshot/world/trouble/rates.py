"""Trouble with how much the service takes."""

from __future__ import annotations

from dryshot.world.trouble.arguments import BadTrouble
from dryshot.world.trouble.incident import Effect, Incident, When
from dryshot.world.trouble.room import Room, incident

__all__ = ["RateTrouble"]


class RateTrouble(Room):
    """``start`` and ``end`` are instants, or seconds from now."""

    @incident
    def limit_submissions(
        self, per_minute: int = 5, *, start: When | None = None, end: When | None = None
    ) -> Incident:
        """Each user may submit so many jobs within 60 seconds; one more is refused (429, 1202).

        The same as ``Limits(submissions_per_minute=...)``; of jobs before its start it knows none.
        """
        if per_minute < 1:
            raise BadTrouble("limit_submissions.per_minute", f"{per_minute} is below 1")
        rate, before = self.world.rate, list[int | None]()
        effect = Effect(
            begin=lambda: before.append(rate.change(per_minute)),
            undo=lambda: rate.change(before.pop()),
        )
        return self.open(effect, start, end)
