"""Failures on demand: which calls they strike, what happens to those, and the list of them."""

from dryshot.faults.answers import Duplicate, Fail
from dryshot.faults.checks import BadFault
from dryshot.faults.effect import Effect, When
from dryshot.faults.effects import EFFECTS
from dryshot.faults.fault import Fault
from dryshot.faults.faults import Faults, Strike
from dryshot.faults.matching import Rule, Where

__all__ = [
    "EFFECTS",
    "BadFault",
    "Duplicate",
    "Effect",
    "Fail",
    "Fault",
    "Faults",
    "Rule",
    "Strike",
    "When",
    "Where",
]
