"""What only the classic service has: programs of its users, sessions born with a job, quotas."""

from __future__ import annotations

from dryshot.world.classic.accounting import OPEN_INSTANCE, Accounting, Allowance
from dryshot.world.classic.eras import EraName, check_era, maker_of_ids, makes_later_ids
from dryshot.world.classic.programs import NewProgram, Programs
from dryshot.world.classic.sessions import ClassicSessions

__all__ = [
    "OPEN_INSTANCE",
    "Accounting",
    "Allowance",
    "ClassicSessions",
    "EraName",
    "NewProgram",
    "Programs",
    "check_era",
    "maker_of_ids",
    "makes_later_ids",
]
