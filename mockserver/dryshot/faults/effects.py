"""The kinds of faults, by name."""

from __future__ import annotations

from collections.abc import Mapping

from dryshot.faults.answers import Duplicate, Fail, Garble, Mistype, Page
from dryshot.faults.breaks import Drop, LoseResponse, Refuse, Reset, Timeout, Truncate
from dryshot.faults.effect import Effect
from dryshot.faults.lateness import Delay, Slow

__all__ = ["EFFECTS"]

EFFECTS: Mapping[str, type[Effect]] = {
    one.kind: one
    for one in (
        *(Fail, Page, Timeout, Refuse, Reset, Drop, LoseResponse, Truncate),
        *(Garble, Mistype, Slow, Duplicate, Delay),
    )
}
"""Every kind by its name."""
