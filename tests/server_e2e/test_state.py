"""What ``dryshot serve --state`` keeps, however the server ends."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dryshot_client.errors import DryshotClientError
from dryshot_client.platform import Runtime
from tests.server_e2e.program import BELL, PATIENCE, SLOW, Program, log_in, pubs, until


def served(path: Path, *options: str) -> Program:
    return Program("--engine", "stub", "--state", str(path), *options)


def submit(runtime: Runtime, times: int = 1, circuit: str = BELL) -> str:
    job = runtime.jobs.create(program="sampler", backend="ibm_fez", params=pubs(circuit, times))
    return job.id


def test_every_acknowledged_job_is_found_with_its_result_after_kills(tmp_path: Path) -> None:
    draw = random.Random(1)
    acknowledged: list[str] = []
    for _ in range(3):
        with served(tmp_path / "state") as program, log_in(program.url) as runtime:
            acknowledged += [submit(runtime) for _ in range(draw.randrange(1, 30))]
            program.process.kill()
            with pytest.raises(DryshotClientError):
                submit(runtime)
            assert program.errors == ""
    with served(tmp_path / "state") as program, log_in(program.url) as runtime:
        assert {job.id for job in runtime.jobs.list()} == set(acknowledged)
        for job_id in acknowledged:
            assert runtime.jobs.wait(job_id, timeout=60).status == "Completed"
            assert len(runtime.jobs.results(job_id)["results"]) == 1
        assert (program.end(), program.errors) == (0, "")


@pytest.mark.heavy
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_jobs_that_run_when_it_ends_run_again_and_complete(tmp_path: Path, number: int) -> None:
    options = "--workers", "1", "--state", str(tmp_path / "state")
    with Program(*options) as program, log_in(program.url) as runtime:
        done = submit(runtime)
        runtime.jobs.wait(done, timeout=60)
        result = runtime.jobs.get(done), runtime.jobs.results(done)
        running = submit(runtime, 8, SLOW)
        behind = submit(runtime)
        until(lambda: runtime.jobs.get(running).status == "Running")
        program.end(number)
        assert program.errors == ""
    with Program(*options) as program, log_in(program.url) as runtime:
        assert (runtime.jobs.get(done), runtime.jobs.results(done)) == result
        until(lambda: runtime.jobs.get(running).status == "Running")
        runtime.jobs.cancel(running)
        assert runtime.jobs.wait(behind, timeout=60).status == "Completed"
        assert (program.end(), program.errors) == (0, "")
    with Program(*options) as program, log_in(program.url) as runtime:
        seen = {job.id: job.status for job in runtime.jobs.list()}
        assert seen == {done: "Completed", running: "Cancelled", behind: "Completed"}
        assert (program.end(), program.errors) == (0, "")


def test_a_file_serves_one_server_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with served(path) as program, log_in(program.url) as runtime:
        job = submit(runtime)
        code, said = refused(path)
        assert (code, "in use by another dryshot" in said) == (1, True)
        assert runtime.jobs.wait(job, timeout=60).status == "Completed"
        assert (program.end(), program.errors) == (0, "")
    with served(path) as program:
        assert program.end() == 0


def refused(path: Path, *options: str) -> tuple[int, str]:
    command = "-m", "dryshot", "serve", "--port", "0", "--engine", "stub", "--state", str(path)
    done = subprocess.run(
        [sys.executable, *command, *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)
    return done.returncode, done.stderr


def flip(content: bytes) -> bytes:
    place = content.rindex(b"ibm_fez")
    return content[:place] + b"ibm_fex" + content[place + 7 :]


@pytest.mark.parametrize("damage", [flip, lambda content: content[: len(content) // 2]])
def test_a_damaged_file_is_refused_and_left_as_it_is(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "state"
    with served(path) as program, log_in(program.url) as runtime:
        submit(runtime)
        program.end()
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    code, said = refused(path)
    assert (code, "is damaged, and was left as it is" in said) == (1, True), said
    assert path.read_bytes() == damaged


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with served(path, "--seed", "1") as program:
        assert program.end() == 0
    code, said = refused(path, "--seed", "2")
    assert (code, "seed = 1, not 2" in said) == (1, True), said
