"""What the stub engine reads of a job, kept by content: the same program is often sent again."""

from __future__ import annotations

import marshal
from typing import Any

from dryshot.engines.cache import Cache
from dryshot.engines.inputs import Inputs, read
from dryshot.engines.platform.inputs import parse, settle
from dryshot.engines.platform.invented import check_program
from dryshot.engines.platform.options import Options
from dryshot.engines.shapes import CircuitShape, circuit_shape
from dryshot.world.work import Task

__all__ = ["Readings"]

_KEPT, _LONGEST_KEPT = 64, 16 * 1024
"""How many programs and circuits are known again, and how many bytes each of them has at most."""
_FORM = 2
"""Of marshal: the last one in which equal values are surely equal bytes, whoever holds them."""


class Readings:
    """Reads inputs and circuits; what cannot be understood is read, and refused, every time."""

    def __init__(self) -> None:
        self._programs = Cache(_KEPT)
        self._circuits = Cache(_KEPT)

    def inputs(self, task: Task) -> tuple[Inputs, Options | None]:
        """What ``task`` asks for; the options are the platform's only."""
        if task.dialect != "platform":
            return read(task), None
        check_program(task)
        return settle(task, *self._parsed(task))

    def shape(self, circuit: Any) -> CircuitShape:
        """The shape of a circuit on the wire, which nobody may change."""
        match circuit:
            case str(text) | {"__type__": "QuantumCircuit", "__value__": str(text)}:
                if len(text) <= _LONGEST_KEPT:
                    key = type(circuit), text
                    return self._circuits.get(key, lambda: circuit_shape(circuit))
        return circuit_shape(circuit)

    def _parsed(self, task: Task) -> tuple[Inputs, Options]:
        estimator = task.program_id == "estimator"
        try:
            content = marshal.dumps(task.params, _FORM)  # type: ignore[arg-type]  # JSON
        except ValueError:  # nested too deep, or not of JSON only
            content = b""
        if not 0 < len(content) <= _LONGEST_KEPT:
            return parse(task.params, estimator=estimator)

        def make() -> tuple[Inputs, Options]:
            # of a copy of its own: what is kept never changes with the job that was first
            own = marshal.loads(content)  # noqa: S302 - written above
            return parse(own, estimator=estimator)

        return self._programs.get((estimator, content), make)
