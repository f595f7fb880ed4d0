"""The contract tests against a server on a socket, as against any service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dryshot import Mock
from tests.serving import served

ROOT = Path(__file__).parents[1]


def test_the_contract_holds_over_a_socket() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "contract_tests"]
    environment = os.environ | {
        "DRYSHOT_LIVE_API_KEY": "anything",
        "DRYSHOT_LIVE_INSTANCE": "premium-instance",
    }
    with served(Mock().asgi()) as address:
        command += ["--dryshot-target=live", f"--dryshot-base-url=http://{address}"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=environment,
        )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
