"""The contract tests on every target: each outcome is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dryshot import Mock
from tests.serving import served

ROOT = Path(__file__).parents[1]


def run(*options: str, tests: str = "contract_tests") -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, tests]
    environment = os.environ | {
        "DRYSHOT_LIVE_API_KEY": "anything",
        "DRYSHOT_LIVE_INSTANCE": "premium-instance",
    }
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize(
    "tests",
    [
        "contract_tests/test_platform_sessions.py",
        pytest.param("contract_tests", marks=pytest.mark.heavy),
    ],
)
def test_the_contract_holds_for_a_service(tests: str) -> None:
    with served(Mock().asgi()) as address:
        run(
            "--dryshot-target=live",
            f"--dryshot-base-url=http://{address}",
            "--dryshot-max-qpu-seconds=10000",
            "--dryshot-max-submissions=0",
            tests=tests,
        )


def outcomes(report: Path) -> dict[str, list[str]]:
    return {
        f"{case.get('classname')}::{case.get('name')}": [child.tag for child in case]
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it
    }


@pytest.mark.parametrize(
    "tests",
    [
        "contract_tests/test_classic_auth.py",
        pytest.param("contract_tests", marks=pytest.mark.heavy),
    ],
)
def test_what_is_recorded_on_a_server_has_the_same_outcomes_on_replay(
    tmp_path: Path, tests: str
) -> None:
    found = []
    for options in (["served", "--dryshot-record=all"], ["replay"]):
        report = tmp_path / f"{options[0]}.xml"
        target, *more = options
        cassettes = f"--dryshot-cassettes={tmp_path}"
        run(f"--dryshot-target={target}", *more, cassettes, f"--junitxml={report}", tests=tests)
        found.append(outcomes(report))
    recorded, replayed = found
    assert replayed
    assert replayed.items() <= recorded.items()
