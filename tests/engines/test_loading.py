from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import threading
from dryshot.engines import AerEngine
from tests.engines.backends import BELL, simulator, task

def work():
    junk = [bytearray(100_000) for _ in range(50)]
    assert not engine(task("sampler", simulator(), circuits=[BELL])).failed, len(junk)

engine = AerEngine()
for _ in range(60):
    threads = [threading.Thread(target=work) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print("well")
"""


@pytest.mark.heavy  # a process of its own that imports Qiskit
def test_the_thread_in_which_the_first_job_ran_may_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "well\n"), done.stderr[-2000:]
