"""A user's own project, read by the two type checkers that users have, at their strictest."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Check = Callable[[Path], tuple[int, str]]

PROGRAMS = Path(__file__).parent / "consumer"

pytestmark = pytest.mark.heavy  # two type checkers, four times

MISTAKES = """
def mistaken(runtime: Runtime) -> None:
    runtime.jobs.wait("j", timout=1)
    runtime.sampler("ibm_fez")
    runtime.jobs.create(program="sampler")
    runtime.backends.list()[0].nme
    runtime.sessions.open(backend="ibm_fez", mode="wrong")
    runtime.analytics.usage_grouped("wrong")
    runtime.analytics.usage(device=["ibm_fez"])
    runtime.jobs.get(1)
    for job in runtime.jobs.get("j"):
        pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("blocking.py", "asynchronous.py"):
        shutil.copy(PROGRAMS / name, tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.mypy]\nstrict = true\nenable_error_code = ['explicit-override']\n"
    )
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    return tmp_path


def mypy(project: Path) -> tuple[int, str]:
    return _run(project, "mypy", "--cache-dir", str(project / "cache"), ".")


def pyright(project: Path) -> tuple[int, str]:
    return _run(project, "basedpyright", "--pythonpath", sys.executable, ".")


def _run(project: Path, module: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("check", [mypy, pyright], ids=["mypy", "pyright"])
def test_a_users_project_is_clean(project: Path, check: Check) -> None:
    status, output = check(project)
    assert status == 0, output


@pytest.mark.parametrize("check", [mypy, pyright], ids=["mypy", "pyright"])
def test_a_users_mistakes_are_found(project: Path, check: Check) -> None:
    program = project / "blocking.py"
    source = program.read_text()
    program.write_text(source + MISTAKES)
    first = len(source.splitlines()) + 3
    last = first + len(MISTAKES.strip().splitlines()) - 3
    status, output = check(project)
    assert status == 1
    found = {int(line) for line in re.findall(r"blocking\.py:(\d+).*error", output)}
    assert found == set(range(first, last + 1)), output
