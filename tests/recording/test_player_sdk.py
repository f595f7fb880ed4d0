"""The official SDK, unmodified, on a player: circuits under other names, asked for otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import Batch, SamplerV2

from dryshot import Mock, Player, Unrecorded
from dryshot.recording.cassette import Cassette
from dryshot.world import Outcome, Task
from tests.conformance.stage import connect
from tests.recording.recordings import origins, taped

# the SDK says on each use that this sampler will once be replaced by another
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore:The SamplerV2 class:DeprecationWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def _nobody() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TOKEN", "INSTANCE", "URL", "CHANNEL"):
            patch.delenv(f"QISKIT_IBM_{name}", raising=False)
        patch.setenv("USAGE_DATA_OPT_OUT", "True")
        yield


def unasked(_task: Task) -> Outcome:
    return Outcome(failed=True, body="an engine was asked", reason="asked", reason_code=9999)


def circuit(*, changed: bool = False) -> Any:
    made = QuantumCircuit(1, 1)
    made.x(0)
    if changed:
        made.sx(0)
    made.measure(0, 0)
    return made


def work(mock: Mock, *, looks: int, changed: bool = False) -> dict[str, int]:
    with mock.activate():
        service = connect(instance="premium-instance")
        backend = service.backend("ibm_torino")
        with Batch(backend=backend) as batch:
            job = SamplerV2(mode=batch).run([circuit(changed=changed)], shots=100)
            for _ in range(looks):
                job.status()
            result = job.result()[0]
        assert job.status() == "DONE"
        counts: dict[str, int] = result.data.c.get_counts()
        return counts


@pytest.fixture(scope="module")
def recorded() -> tuple[Cassette, dict[str, int]]:
    mock = Mock()
    counts = work(mock, looks=1)
    return taped(mock), counts


@pytest.mark.parametrize("looks", [0, 5])
def test_more_and_fewer_looks_come_to_the_recorded_results(
    recorded: tuple[Cassette, dict[str, int]], looks: int
) -> None:
    tape, counts = recorded
    player = Player(tape, strict=True, engine=unasked)
    assert work(player, looks=looks) == counts
    assert ("create_job", "recorded") in origins(player)
    assert ("get_job_results_jid", "recorded") in origins(player)


def test_a_changed_circuit_is_refused_in_strict_by_its_gate(
    recorded: tuple[Cassette, dict[str, int]],
) -> None:
    with pytest.raises(Unrecorded, match=r"(?s)pubs/0/0: the circuit differs.*\+sx q\[0\]"):
        work(Player(recorded[0], strict=True), looks=1, changed=True)


def test_a_changed_circuit_is_run_otherwise(recorded: tuple[Cassette, dict[str, int]]) -> None:
    player = Player(recorded[0])
    counts = work(player, looks=1, changed=True)
    assert sum(counts.values()) == 100
    assert set(counts) == {"0", "1"}
    assert ("create_job", "synthesised") in origins(player)
