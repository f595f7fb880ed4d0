"""What the classic runtime did otherwise at another time: the differences as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dryshot.world.classic import EraName

__all__ = ["ERAS", "Era"]


@dataclass(frozen=True, slots=True)
class Era:
    """The manners of one time; those of the notebook's day unless something else is said.

    ``full_state`` is a reason and its code in the state of every job, empty ones too, and
    ``full_job`` what jobs told from 2024 on: end, user, privacy, and milliseconds.
    ``circuit_metadata`` is a key in what the sampler tells of each circuit. ``starts_sessions``
    says that a job may begin one, ``versioned`` that programs take inputs of version 2,
    ``streams_results`` that the stream of a job sends its result. ``new_errors`` is the wording of
    2024. ``programs`` come first in the list of programs.
    """

    full_state: bool = False
    full_job: bool = False
    circuit_metadata: bool = False
    starts_sessions: bool = True
    versioned: bool = False
    streams_results: bool = True
    new_errors: bool = False
    programs: tuple[str, ...] = ()


ERAS: Mapping[EraName, Era] = {
    "2023-09": Era(),
    "2023-11": Era(circuit_metadata=True, streams_results=False),
    "2024-03": Era(
        full_state=True,
        full_job=True,
        circuit_metadata=True,
        starts_sessions=False,
        versioned=True,
        streams_results=False,
        new_errors=True,
        programs=("circuit-runner", "estimator", "sampler", "qasm3-runner"),
    ),
}
