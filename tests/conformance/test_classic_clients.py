"""The clients of the classic API, each with an interpreter of its own.

``python -m tests.conformance.classic --write`` runs all of them and writes docs/clients.md.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conformance.classic.environments import CLIENTS, NoPython, cache, environment
from tests.conformance.classic.suite import PROBES, TRANSPORTS, Step, examine, parse
from tests.conformance.classic.table import PAGE, column, render

MAIN = "runtime-0.12.2"
"""The client that the gate runs."""


def told(**outcomes: str) -> list[Step]:
    return [Step(name, outcome, "") for name, outcome in outcomes.items()]


def capabilities(probe: str) -> set[str]:
    """Every name that a probe's program may tell of."""
    tree = ast.parse((PROBES / f"{probe}.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        str(argument.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"step", "not_offered"}
        for argument in call.args[call.func.id == "not_offered" :]
        if isinstance(argument, ast.Constant)
    }


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> list[list[str]]:
    """The page's table, without its header."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [cells(line) for line in lines[2:]]


def test_both_probes_tell_of_the_same_capabilities() -> None:
    assert capabilities("runtime") == capabilities("provider")


def test_the_page_tells_of_every_capability_and_of_no_failure() -> None:
    assert {name for name, *_ in rows()} == capabilities("runtime")
    assert {cell for _, *found in rows() for cell in found} <= {"ok", "https", ""}


def test_the_page_tells_of_every_client_and_what_it_is_installed_with() -> None:
    header = next(line for line in PAGE.read_text().splitlines() if line.startswith("|"))
    assert cells(header)[1:] == [f"{one.package} {one.version}" for one in CLIENTS.values()]
    installed = [re.findall(r'"(.*?)"', line) for line in PAGE.read_text().splitlines()]
    assert [pins for pins in installed if pins] == [
        list(client.requirements) for client in CLIENTS.values()
    ]


def test_a_cell_tells_over_what_a_capability_was_seen() -> None:
    http = told(sample="ok", stream="not offered", upload="not offered", cancel="failed")
    https = told(sample="ok", stream="ok", upload="not offered", cancel="ok")
    assert column({"http": http, "https": https}) == {
        "sample": "ok",
        "stream": "https",
        "upload": "",
        "cancel": "**failed**",
    }


def test_a_step_that_one_run_did_not_tell_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="http and https"):
        column({"http": told(sample="ok"), "https": told(cancel="ok")})


def test_the_table_has_a_row_for_every_capability_of_any_client() -> None:
    clients = list(CLIENTS.values())[:2]
    page = render(clients, [{"sample": "ok"}, {"sample": "", "cancel": "https"}])
    assert "| sample | ok | |\n| cancel | | https |\n" in page


def test_what_a_probe_tells_is_read_line_by_line() -> None:
    line = '{"step": "sample", "outcome": "failed", "reason": "line 3: why"}\n'
    assert list(parse(line)) == [Step("sample", "failed", "line 3: why")]


@pytest.mark.heavy  # it installs the client, unless it is in the cache, and runs it twice
def test_the_client_of_the_classic_service_does_a_days_work(tmp_path: Path) -> None:
    client = CLIENTS[MAIN]
    try:
        python = environment(client, cache())
    except NoPython as reason:
        pytest.skip(str(reason))
    seen = {}
    for transport in TRANSPORTS:
        home = tmp_path / transport
        home.mkdir()
        seen[transport] = examine(python, client.probe, transport, home)
        assert [step for step in seen[transport] if step.outcome == "failed"] == []
    index = list(CLIENTS).index(MAIN) + 1
    assert column(seen) == {row[0]: row[index] for row in rows()}
