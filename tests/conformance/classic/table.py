"""docs/clients.md: which capability of which client was seen to work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.conformance.classic.environments import Client
from tests.conformance.classic.suite import Step, Transport

__all__ = ["PAGE", "Seen", "column", "render"]

PAGE = Path(__file__).parents[3] / "docs" / "clients.md"

Seen = Mapping[Transport, Sequence[Step]]
"""What the probes told, by transport."""

_PREFACE = """\
# The official clients of 2023 and 2024

The clients of the classic API, unmodified, each in a virtual environment of its own, run the same
day's work against the mock. This page is generated from such a run; nothing in it failed.

    python -m tests.conformance.classic              # all of them; environments are made and kept
    python -m tests.conformance.classic --client runtime-0.12.2
    python -m tests.conformance.classic --write      # and this page

- **ok**: over http, at the address that the client was given, and over https with IBM's own host
  names, under `dryshot run`
- https: under `dryshot run` alone
- nothing: the client does not offer it
"""

_PINS = """\
## What they are installed with

Each works with these on Python 3.11, on Linux.
"""


def column(seen: Seen) -> dict[str, str]:
    """The cells of one client, by capability; its probes must have told of the same ones."""
    names = [[step.name for step in steps] for steps in seen.values()]
    if any(told != names[0] for told in names):
        raise ValueError(f"not the same capabilities over {' and '.join(seen)}")
    return {
        name: _cell({transport: steps[index].outcome for transport, steps in seen.items()})
        for index, name in enumerate(names[0])
    }


def render(clients: Sequence[Client], columns: Sequence[Mapping[str, str]]) -> str:
    """The page; every capability is a row, in the order in which they were first told."""
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = [
        ["capability", *(f"{client.package} {client.version}" for client in clients)],
        ["---"] * (len(clients) + 1),
        *([name, *(column.get(name, "") for column in columns)] for name in names),
    ]
    pins = [f"- `pip install {' '.join(map(_quoted, one.requirements))}`" for one in clients]
    return "\n".join([_PREFACE, *map(_line, rows), "", _PINS, *pins, ""])


def _cell(outcomes: Mapping[str, str]) -> str:
    """One word for what was seen over all transports."""
    if "failed" in outcomes.values():
        return "**failed**"
    well = [transport for transport, outcome in outcomes.items() if outcome == "ok"]
    return "ok" if len(well) == len(outcomes) else ", ".join(well)


def _line(cells: Iterable[str]) -> str:
    return " ".join(f"| {cell}".rstrip() for cell in cells) + " |"


def _quoted(requirement: str) -> str:
    return f'"{requirement}"'
