"""What the tests of the official SDK share: connecting, submitting, and reading the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dryshot import Mock
from dryshot.world import Outcome, Task

__all__ = ["TOKEN", "asked", "connect", "constant", "submit"]

TOKEN = "an API key of nobody"


def connect(**arguments: Any) -> Any:
    """A service of today's channel; ``arguments`` are those of its constructor."""
    from qiskit_ibm_runtime import QiskitRuntimeService

    return QiskitRuntimeService(**({"channel": "ibm_quantum_platform", "token": TOKEN} | arguments))


def submit(
    backend: Any, program_id: str = "sampler", *, params: Mapping[str, Any], **options: Any
) -> Any:
    """A job of what the primitives would refuse to send, by the method that they send with."""
    return backend.service._run(  # noqa: SLF001 - the primitives' own way, without their checks
        program_id=program_id, inputs=dict(params), options={"backend": backend, **options}
    )


def asked(mock: Mock, since: int = 0) -> list[str]:
    """The operations that were asked for, after the first ``since`` exchanges."""
    return [str(exchange.operation) for exchange in list(mock.journal)[since:]]


def constant(_task: Task) -> Outcome:
    """An engine for tests in which no result is looked at."""
    return Outcome(failed=False, body="{}", quantum_seconds=2.0)
