"""Ready-made worlds and scripts of what goes wrong, by name, from files, and composed."""

from __future__ import annotations

from dryshot.scenarios.catalogue import Source, Sources, find, find_all, names, text_of
from dryshot.scenarios.playing import Played, play
from dryshot.scenarios.reading import read_file, read_value, schema
from dryshot.scenarios.scenario import Scenario, Step

__all__ = [
    "Played",
    "Scenario",
    "Source",
    "Sources",
    "Step",
    "find",
    "find_all",
    "names",
    "play",
    "read_file",
    "read_value",
    "schema",
    "text_of",
]
