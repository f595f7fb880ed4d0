from __future__ import annotations

import pickle

import pytest

from dryshot.engines import AerEngine
from dryshot.world import Task
from dryshot.world.devices import simulator

PLAIN = simulator("plain", 10)
HEAD = 'OPENQASM 3; include "stdgates.inc"; qubit[6] q; bit[6] c; '
CHAIN = HEAD + "h q[0]; cx q[0], q[1]; cx q[1], q[2]; c = measure q;"
PAIRS = HEAD + "cx q[0], q[1]; cx q[2], q[3]; cx q[4], q[5]; c = measure q;"


def task(circuit: str) -> Task:
    return Task("cjvks5fp8blo0kgog530", "sampler", {"circuits": [circuit]}, PLAIN, 1)


@pytest.mark.parametrize(("circuit", "most"), [(PAIRS, 2), (CHAIN, 3), (CHAIN, None)])
def test_circuits_within_the_limit_run(circuit: str, most: int | None) -> None:
    assert not AerEngine(max_entangled_qubits=most)(task(circuit)).failed


def test_a_circuit_beyond_the_limit_fails_and_says_both_numbers() -> None:
    engine = pickle.loads(  # noqa: S301 - our own bytes; the limit goes along
        pickle.dumps(AerEngine(max_entangled_qubits=2))
    )
    outcome = engine(task(CHAIN))
    assert outcome.failed
    assert "3 qubits are joined by gates" in str(outcome.reason)
    assert "take 2 at most" in str(outcome.reason)
