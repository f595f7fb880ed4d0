"""Service faults: what goes wrong with jobs, devices, tokens, sessions, usage and results."""

from __future__ import annotations

from dryshot.world.trouble.arguments import BadTrouble
from dryshot.world.trouble.incident import Incident, When
from dryshot.world.trouble.trouble import TROUBLES, Trouble, schema_of

__all__ = ["TROUBLES", "BadTrouble", "Incident", "Trouble", "When", "schema_of"]
