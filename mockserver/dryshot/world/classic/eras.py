"""Which time of the classic service a world is of, and whose process made its ids then."""

from __future__ import annotations

from typing import Literal, get_args

from dryshot.world.ids import IdSource

__all__ = ["EraName", "check_era", "maker_of_ids", "makes_later_ids"]

EraName = Literal["2023-09", "2023-11", "2024-03"]
"""A year and month in which the classic service was recorded; the first is the notebook's."""


def check_era(name: str) -> EraName:
    """The era of that name; ``ValueError`` if there is none."""
    for known in get_args(EraName):
        if name == known:
            era: EraName = known
            return era
    raise ValueError(f"era: {name!r} is none of {', '.join(get_args(EraName))}")


def makes_later_ids(era: EraName) -> bool:
    """Whether ids are written in the later alphabet."""
    return era != "2023-09"


def maker_of_ids(era: EraName) -> IdSource:
    """The process that made a recorded id of that time, about to make it."""
    match era:
        case "2023-11":  # cn4e4ptp1am0008qbr1g, at 2023-11-06T12:55:55Z
            return IdSource(machine=0x560AA8, pid=1, counter=1531395)
        case "2024-03":  # cqt1zh688ev000811h70, at 2024-03-15T10:15:32Z
            return IdSource(machine=0xC843B6, pid=1, counter=68686)
    return IdSource()
