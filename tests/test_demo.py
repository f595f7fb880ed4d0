from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from rich.console import Console

from dryshot import Mock, demo
from dryshot.cli import main

KINDS = ["stabilizer", "extended_stabilizer", "statevector", "mps", "stabilizer"]
ROOT = Path(__file__).parents[1]


def test_every_step_holds_and_a_chart_is_drawn() -> None:
    shown = io.StringIO()
    assert demo.run(console=Console(file=shown, width=100)) == 0
    text = shown.getvalue()
    assert "All 8 steps held" in text
    assert "cjvks5fp8blo0kgog530" in text
    assert "{'status': 'Running'}" in text
    assert "█" * 39 in text


def test_invented_results_say_so() -> None:
    shown = io.StringIO()
    with pytest.warns(UserWarning, match="made up"):
        assert demo.run(engine="stub", console=Console(file=shown, width=100)) == 0
    assert "stub" in shown.getvalue()


def test_a_step_that_does_not_hold_ends_the_demo() -> None:
    shown = io.StringIO()
    broken = "OPENQASM 3; this is no circuit;"
    assert demo.run(circuit=broken, console=Console(file=shown, width=100)) == 1
    assert "✗" in shown.getvalue()


def test_the_command_exits_with_zero() -> None:
    command = [sys.executable, "-m", "dryshot", "demo", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "All 8 steps held" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["dem"], ["demo", "--engine", "real"]])
def test_wrong_usage_exits_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: dryshot" in capsys.readouterr().err


def test_the_example_prints_what_the_notebook_did() -> None:
    command = [sys.executable, "examples/offline.py", "examples/classic_requests.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "['qasm3-runner', 'sampler', 'estimator', 'circuit-runner']",
        "logged in with a token of 64 characters",
        f"{[f'simulator_{kind}' for kind in KINDS]} ...",
        '200 {"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}',
        "{'status': 'Running'}",
    ]
    assert lines[5].startswith("{'quasi_dists': [{'0': ")
    assert "'readout_mitigation_overhead': 1.0" in lines[5]
    body = (ROOT / "fixtures" / "classic" / "invalid_credentials.json").read_text()
    assert lines[6:] == ["logged out: True ''", f"401 {body}"]


def test_a_job_of_the_notebook_gives_what_the_notebook_got() -> None:
    circuit = (ROOT / "fixtures" / "classic" / "x_gate.qasm").read_text()
    with Mock().activate():
        body = {"apiToken": "any"}
        login = requests.post(f"{demo.AUTH}/users/loginWithToken", json=body, timeout=60).json()
        headers = {"Content-Type": "application/json", "x-access-token": login["id"]}
        job = {
            "program_id": "sampler",
            "backend": "ibm_wellington",
            "params": {"circuits": [circuit]},
        }
        url = f"{demo.RUNTIME}/jobs"
        job_id = requests.post(url, headers=headers, json=job, timeout=60).json()["id"]
        requests.get(f"{url}/{job_id}", headers=headers, timeout=60)
        result = requests.get(f"{url}/{job_id}/results", headers=headers, timeout=60).json()
    (quasi_dist,) = result["quasi_dists"]
    assert set(quasi_dist) == {"0", "1"}
    assert quasi_dist["1"] >= 0.99
    assert sum(quasi_dist.values()) == pytest.approx(1)
    (metadata,) = result["metadata"]
    assert list(metadata) == ["shots", "readout_mitigation_overhead", "readout_mitigation_time"]
    assert metadata["shots"] == 4000
    assert metadata["readout_mitigation_overhead"] >= 1
