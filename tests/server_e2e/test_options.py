"""What the options of ``dryshot serve`` do to the worlds that it serves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dryshot_client.errors import AuthenticationError
from tests.server_e2e.program import BELL, PATIENCE, Program, log_in, pubs


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_by_line_and_descriptor_and_ends_when_told(number: int) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        try:
            program = Program("--ready-fd", str(writing), pass_fds=(writing,))
        finally:
            os.close(writing)
        with program, log_in(program.url) as runtime:
            assert told.read() == f"{program.url}\n"
            assert [one.name for one in runtime.backends.list()]
            assert (program.end(number), program.errors) == (0, "")


def test_only_declared_accounts_may_log_in(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "accounts:\n"
        "  - api_key: a-declared-key-of-some-length\n"
        "    instances: [{name: ours, plan: premium}]\n"
    )
    with Program("--engine", "stub", "--world", str(world)) as program:
        with log_in(program.url, "a-declared-key-of-some-length", "ours") as runtime:
            assert list(runtime.jobs.list()) == []
        with (
            log_in(program.url, "another-key-of-some-length") as stranger,
            pytest.raises(AuthenticationError),
        ):
            list(stranger.jobs.list())
        assert program.end() == 0
        assert "a-declared-key" not in program.errors


def test_devices_are_added_by_name_and_size() -> None:
    options = "--backend", "dryshot_small:7", "--backend", "dryshot_eagle"
    with Program("--engine", "stub", *options) as program, log_in(program.url) as runtime:
        sizes = {
            name: runtime.backends.configuration(name)["n_qubits"]
            for name in ("dryshot_small", "dryshot_eagle")
        }
        assert sizes == {"dryshot_small": 7, "dryshot_eagle": 127}


def test_jobs_wait_and_run_for_as_long_as_is_said_by_real_time() -> None:
    options = "--queue-seconds", "0.4", "--run-seconds", "0.4"
    with Program("--engine", "stub", *options) as program, log_in(program.url) as runtime:
        job = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(BELL))
        assert runtime.jobs.get(job.id).status == "Queued"
        runtime.jobs.wait(job.id, timeout=60, interval=0.1)
        times = runtime.jobs.metrics(job.id).timestamps
        assert times.created is not None
        assert times.running is not None
        assert times.finished is not None
        assert (times.running - times.created).total_seconds() == pytest.approx(0.4)
        assert (times.finished - times.running).total_seconds() == pytest.approx(0.4)
        assert abs((datetime.now(UTC) - times.finished).total_seconds()) < PATIENCE


SDK = """
import sys
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit import QuantumCircuit, transpile
service = QiskitRuntimeService()
backend = service.backend("ibm_fez")
bell = QuantumCircuit(2)
bell.h(0); bell.cx(0, 1); bell.measure_all()
job = Sampler(mode=backend).run([transpile(bell, backend, seed_transpiler=1)], shots=100)
print(sum(job.result()[0].data.meas.get_counts().values()))
"""


@pytest.mark.heavy
def test_the_official_sdk_runs_a_job_with_nothing_but_its_own_environment() -> None:
    pytest.importorskip("qiskit_ibm_runtime", reason="the SDK is not installed")
    with Program() as program:
        url = program.url
        environment = {
            **os.environ,
            "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
            "QISKIT_IBM_TOKEN": "an-api-key",
            "QISKIT_IBM_INSTANCE": "premium-instance",
            # this word keeps the SDK from putting a name before an address; clients drop it
            "QISKIT_IBM_URL": f"{url}/experimental/../api/v1",
            "IAM_URL": url,
            "GLOBAL_SEARCH_URL": url,
            "GLOBAL_CATALOG_URL": f"{url}/api/v1",
            "NO_PROXY": "127.0.0.1",
        }
        done = subprocess.run(
            [sys.executable, "-c", SDK],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "100\n"), done.stderr
        assert (program.end(), program.errors) == (0, "")
