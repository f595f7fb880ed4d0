"""What is built to be installed has everything: the wheel's own files serve, and nothing else's."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]  # its types are a package of their own

from dryshot.commands import serve

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECONDS = 60


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel; what it depends on is this environment's."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, timeout=SECONDS)
    (wheel,) = folder.glob("dryshot-*.whl")
    install = [*pip, "install", "--no-deps", "--no-index", "--target", str(folder / "site")]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True, timeout=SECONDS)
    return folder / "site"


def environ(installed: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed), "NO_PROXY": "127.0.0.1"}


def code_of(command: list[str]) -> int:
    return subprocess.run(command, check=False, capture_output=True, timeout=SECONDS).returncode


@contextmanager
def serving(installed: Path) -> Iterator[str]:
    """``dryshot serve`` of the wheel on a free port."""
    command = [sys.executable, "-m", "dryshot", "serve", "--port", "0", "--engine", "stub"]
    with subprocess.Popen(
        command, env=environ(installed), cwd=installed, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            yield ready.split()[-1]
        finally:
            process.terminate()
            process.wait(SECONDS)


def fetch(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=SECONDS) as answer:
        content: bytes = answer.read()
    return content


@pytest.mark.heavy
def test_the_wheel_serves(installed: Path) -> None:
    where = [sys.executable, "-c", "import dryshot, sys; sys.stdout.write(dryshot.__file__)"]
    found = subprocess.run(
        where, env=environ(installed), cwd=installed, capture_output=True, check=True, text=True
    )
    assert Path(found.stdout).is_relative_to(installed)
    with serving(installed) as url:
        assert json.loads(fetch(f"{url}/_dryshot/api/health"))["status"] == "ok"
        page = fetch(f"{url}/_dryshot/").decode()
        linked = re.findall(r'(?:src|href)="(static/[^"]+)"', page)
        assert linked
        for name in linked:
            assert fetch(f"{url}/_dryshot/{name}")
        assert json.loads(fetch(f"{url}/_dryshot/specs/admin.json"))["openapi"]
        assert json.loads(fetch(f"{url}/programs"))["programs"]


@pytest.mark.heavy
def test_the_wheel_has_every_file_that_is_no_program(installed: Path) -> None:
    for package in ("mockserver/dryshot", "client/dryshot_client"):
        folder = ROOT / package
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                there = installed / folder.name / path.relative_to(folder)
                assert there.read_bytes() == path.read_bytes(), there


@pytest.mark.heavy
def test_the_check_of_the_images_health_knows_a_server_from_none(installed: Path) -> None:
    (check,) = re.findall(r"HEALTHCHECK.*\n\s+CMD (\[.*\])", DOCKERFILE)
    _, *arguments = json.loads(check)
    with serving(installed) as url:
        port = url.rpartition(":")[2]
        command = [sys.executable, *(text.replace("8787", port) for text in arguments)]
        assert code_of(command) == 0
    assert code_of(command) != 0


def test_the_image_is_built_from_what_it_is_given() -> None:
    given = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {name for names in copied for name in names.split()} == given
    assert all((ROOT / name).exists() for name in given)


def test_the_image_runs_a_command_that_there_is_as_nobody_special() -> None:
    (entry,) = re.findall(r"^ENTRYPOINT (\[.*\])$", DOCKERFILE, re.MULTILINE)
    program, command, *options = json.loads(entry)
    assert (program, command) == ("dryshot", "serve")
    parser = argparse.ArgumentParser()
    serve.declare(parser)
    settings = parser.parse_args(options)
    assert settings.allow_remote
    (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    assert settings.port == int(port)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["dryshot"]


def test_the_workflow_leads_programs_where_the_fixture_leads_them(
    request: pytest.FixtureRequest,
) -> None:
    pytest.importorskip("uvicorn")
    world = request.getfixturevalue("dryshot_server")
    workflow = yaml.safe_load((ROOT / "examples" / "github-actions.yml").read_text())
    job = workflow["jobs"]["tests"]
    url = job["env"]["DRYSHOT_URL"]
    variables = {
        name: value.replace(world.url, url)
        for name, value in world.environ.items()
        if name.lower() != "no_proxy" and name != "QISKIT_IBM_TOKEN"
    }
    assert job["env"].items() >= variables.items()
    assert job["env"]["QISKIT_IBM_TOKEN"]
    (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)
    assert job["services"]["dryshot"]["ports"] == [f"{port}:{port}"]
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "pytest"
