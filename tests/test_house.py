"""The rules of the house, held by tests."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

import dryshot
import dryshot_client

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / "client" / "dryshot_client", ROOT / "mockserver" / "dryshot"]
MODULES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
MAX_LINES = 250


def module_names() -> list[str]:
    return [
        info.name
        for package in (dryshot, dryshot_client)
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]


@pytest.mark.parametrize("name", ["dryshot", "dryshot_client", *module_names()])
def test_every_public_name_exists(name: str) -> None:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        assert getattr(module, public) is not None, public


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_are_small(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= MAX_LINES * 1.1, f"{lines} lines: this is two things"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def imported_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


HEAVY = {"httpx", "respx", "requests", "openapi_core", "jsonschema_rs", "qiskit", "numpy", "yaml"}


@pytest.mark.parametrize("statement", ["import dryshot", "import dryshot.pytest_plugin"])
def test_importing_costs_no_library(statement: str) -> None:
    assert not imported_by(statement) & HEAVY


def test_a_mock_at_work_needs_neither_judge_nor_simulator_until_something_asks() -> None:
    work = """
import dryshot, httpx
client = httpx.Client(transport=dryshot.Mock().transport())
runtime = "https://runtime-us-east.quantum-computing.ibm.com"
assert client.get(runtime + "/programs").status_code == 200
assert client.get(runtime + "/backends").status_code == 401
"""
    code = f"exec({work!r})"
    loaded = imported_by(code)
    assert "jsonschema_rs" in loaded
    assert not loaded & {"openapi_core", "qiskit", "respx", "requests"}


def test_the_client_imports_httpx_and_the_standard_library_only() -> None:
    base = imported_by("import httpx")
    more = {name.partition(".")[0] for name in imported_by("import dryshot_client") - base}
    assert more - set(sys.stdlib_module_names) == {"dryshot_client"}


def documents() -> list[Path]:
    return sorted((ROOT / "mockserver" / "dryshot" / "specs").glob("*.json"))


def operations(documents: Iterable[Path]) -> dict[str, tuple[str, str]]:
    return {
        operation["operationId"]: (method.upper(), re.sub(r"{.*?}", "{}", path))
        for document in documents
        for path, item in json.loads(document.read_text())["paths"].items()
        for method, operation in item.items()
        if method in {"get", "put", "post", "patch", "delete"}
    }


def test_every_operation_has_a_handler() -> None:
    from dryshot.dialects import legacy, platform

    for room in (legacy, platform):
        kind = room.__name__.rpartition(".")[2]
        declared = operations(path for path in documents() if path.name.startswith(kind))
        handled = {name for public in room.__all__ for name in dir(getattr(room, public))}
        assert declared
        assert declared.keys() - handled == set()


@pytest.mark.parametrize(
    ("room", "document"), [("legacy", "legacy-"), ("platform", "platform-runtime")]
)
def test_every_operation_has_a_client_method(room: str, document: str) -> None:
    table = importlib.import_module(f"dryshot_client.{room}.operations")
    known = getattr(table, f"{room.upper()}_OPERATIONS")
    declared = operations(path for path in documents() if path.name.startswith(document))
    assert declared == {
        name: (operation.method, re.sub(r"{.*?}", "{}", operation.template))
        for name, operation in known.items()
        if operation.service != "search"  # IBM Cloud's search finds the instances, no more
    }
    sources = [path for path in (PACKAGES[0] / room).rglob("*.py") if path.stem != "operations"]
    text = "".join(path.read_text() for path in sources)
    assert [name for name in known if f'"{name}"' not in text] == []


def test_the_project_names_no_path_of_one_machine_and_no_private_host() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    words = ("/" + "work/", "/" + "root/", "/" + "home/")
    for name in filter(None, tracked):
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".json", ".yml", ".yaml"}:
            text = path.read_text()
            assert not [word for word in words if word in text], name
