"""The era of a world, declared in its files: honoured wherever one is made, not contradicted."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from dryshot.cli import main
from dryshot.commands import serve
from dryshot.http import Request
from dryshot.mock import Mock
from dryshot.scenarios import find_all
from dryshot.server.composition import compose
from dryshot.server.worlds import Worlds
from dryshot.world.classic import EraName
from dryshot.world.declaration import Declaration, DeclarationError, read, schema
from tests.world.worlds import echo

NAMES: tuple[EraName, ...] = get_args(EraName)
LATER = "devices: []\nera: 2023-11\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "later.yaml"
    path.write_text(LATER)
    return path


def era_of(maker: Any, **how: Any) -> str:
    """The era of what is made so: of a mock, or of the worlds of a server."""
    made = maker(engine=echo, **how)
    return made.world.era if isinstance(made, Mock) else made.settings.get("era", "2023-09")


@pytest.fixture(params=[Mock, Worlds])
def maker(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("era", NAMES)
def test_a_world_is_of_the_era_that_it_declares(maker: Any, era: EraName) -> None:
    assert era_of(maker, world={"era": era}) == era
    assert era_of(maker, world={"era": era}, era=era) == era
    assert era_of(maker, scenario={"era": era}) == era
    assert era_of(maker, scenario={"world": {"era": era}, "era": era}, world={"era": era}) == era


def test_the_schema_names_every_era() -> None:
    assert schema()["properties"]["era"]["enum"] == list(NAMES)


def test_a_declaration_without_an_era_leaves_it_to_others(maker: Any) -> None:
    assert era_of(maker, world={}) == "2023-09"
    assert era_of(maker, world={}, era="2024-03") == "2024-03"
    assert read({}).era is None


@pytest.mark.parametrize("text", ["era: 2023-10", "era: 2023", "era: [2023-09]", "era:"])
def test_an_era_that_there_is_not_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(f"accounts: []\n{text}\n")
    with pytest.raises(DeclarationError, match=r"is not one of \['2023-09'") as caught:
        read(path)
    assert (caught.value.file, caught.value.line, caught.value.key) == (str(path), 2, "era")


def test_a_scenario_with_an_era_that_there_is_not_is_told_with_its_place(tmp_path: Path) -> None:
    for text, key in (("era: 1999", "era"), ("world:\n  era: 1999", "world.era")):
        path = tmp_path / "scenario.yaml"
        path.write_text(f"description: old\n{text}\n")
        with pytest.raises(DeclarationError) as caught:
            find_all(path)
        line = 2 + text.count("\n")
        assert (caught.value.file, caught.value.line, caught.value.key) == (str(path), line, key)


def test_what_is_asked_for_does_not_contradict_the_file(maker: Any, file: Path) -> None:
    said = rf"^{re.escape(str(file))}:2: era: is 2023-11, but 2024-03 was asked for$"
    with pytest.raises(DeclarationError, match=said):
        maker(engine=echo, world=file, era="2024-03")


def test_the_world_does_not_contradict_the_scenario(maker: Any, file: Path) -> None:
    with pytest.raises(DeclarationError, match="2: era: is 2023-11, but 2024-03 is declared in"):
        maker(engine=echo, world=file, scenario={"era": "2024-03"})
    scenario = file.with_name("scenario.yaml")
    scenario.write_text("world: later.yaml\nera: 2024-03\n")
    said = rf"scenario.yaml:2: era: is 2024-03, but 2023-11 is declared in .*{file.name}$"
    with pytest.raises(DeclarationError, match=said):
        maker(engine=echo, scenario=scenario)


def test_two_scenarios_are_of_one_era() -> None:
    early, late = {"era": "2023-09"}, {"era": "2024-03"}
    assert find_all([late, {}, late]).declaration.era == find_all(late).declaration.era
    with pytest.raises(DeclarationError, match="era: is 2024-03, but 2023-09 is declared"):
        find_all([early, late])


def test_a_world_that_has_begun_stays_in_its_era() -> None:
    mock = Mock(engine=echo)
    with pytest.raises(DeclarationError, match=r"^era: is what a world begins with"):
        mock.play({"era": "2024-03"})
    assert find_all({"era": "2024-03"}).events().declaration == Declaration()


def test_dryshot_serve_honours_the_era_of_a_world_file(tmp_path: Path) -> None:
    file = tmp_path / "latest.yaml"
    file.write_text("era: 2024-03\n")
    parser = argparse.ArgumentParser()
    serve.declare(parser)
    asked = parser.parse_args(["--clock", "virtual", "--engine", "stub", "--world", str(file)])
    with compose(asked) as (tenants, _):
        answer = tenants(Request("GET", "127.0.0.1", "/programs"))
    assert json.loads(answer.body)["programs"][0]["id"] == "circuit-runner"


@pytest.mark.parametrize("rest", [["serve", "--port", "0"], ["run"]])
def test_a_command_says_that_its_era_contradicts_the_file(
    file: Path, rest: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command, *options = rest
    asked = [command, *options, "--engine", "stub", "--world", str(file), "--era", "2024-03"]
    assert main([*asked, *(["--", "true"] if command == "run" else [])]) != 0
    told = capsys.readouterr().err
    assert f"{file}:2: era: is 2023-11, but 2024-03 was asked for" in told
    assert "Traceback" not in told
