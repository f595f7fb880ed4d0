"""The era of a recording: kept in its file, and that in which it is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from dryshot import Mock, Pace, Player
from dryshot.recording.files import read_cassette, write_cassette
from dryshot.recording.imports import import_recording
from dryshot.recording.problems import CassetteError
from dryshot.recording.recorder import Recorder
from dryshot.world.classic import EraName
from tests.dialects.classic import HGP, JOB, submit
from tests.recording.recordings import classic, origins
from tests.recording.tapes import cassette, interaction
from tests.world.worlds import echo

NAMES: tuple[EraName, ...] = get_args(EraName)
WANTED = {"backend": JOB["backend"], "instance": "/".join(HGP.values())}


@pytest.fixture(params=NAMES)
def era(request: pytest.FixtureRequest) -> EraName:
    name: EraName = request.param
    return name


def use(mock: Mock) -> list[Any]:
    """A job and a session, and what was told of them."""
    http = classic(mock)
    job, session = submit(http), http.post("/sessions", json=WANTED).json()["id"]
    told = [http.get(f"/jobs/{job}").json()["state"] for _ in range(9)]
    return [job, session, told, http.get("/programs").json()["programs"][0]["id"]]


def save(path: Path, era: EraName) -> list[Any]:
    """Use a mock of that era, and keep what it told."""
    mock = Mock(engine=echo, pace=Pace(3, 4), era=era)
    before = use(mock)
    recorder = Recorder(now=mock.clock.now)
    for each in mock.journal:
        recorder.note(each.request, each.response, each.at)
    recorder.save(path, era=era)
    return before


def test_a_recording_is_played_in_its_own_era(tmp_path: Path, era: EraName) -> None:
    path = tmp_path / "it.yaml"
    before = save(path, era)
    assert f"era: '{era}'" in path.read_text() or f"era: {era}" in path.read_text()
    player = Player(read_cassette(path), strict=True, seed=7)
    assert player.world.era == era
    assert use(player) == before
    assert {origin for _, origin in origins(player)[1:]} == {"recorded"}


def test_what_was_never_recorded_is_of_the_recordings_era(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    job, session, *_ = save(path, "2024-03")
    http = classic(Player(read_cassette(path), engine=echo))
    again = [submit(http) for _ in range(2)]
    assert again[0] == job
    assert again[1] not in {job, session}
    state = http.get(f"/jobs/{again[1]}").json()["state"]
    assert state == {"status": "Queued", "reason": "", "reasonCode": None}


def test_a_recording_that_does_not_say_is_played_as_asked(era: EraName) -> None:
    silent = cassette(interaction())
    assert Player(silent).world.era == "2023-09"
    assert Player(silent, era=era).world.era == era


def test_a_recording_is_not_played_in_another_era(tmp_path: Path) -> None:
    tapes = {}
    for name in NAMES[:2]:
        save(tmp_path / f"{name}.yaml", name)
        tapes[name] = read_cassette(tmp_path / f"{name}.yaml")
    assert Player(tapes["2023-11"], era="2023-11").world.era == "2023-11"
    with pytest.raises(ValueError, match=r"^era: the recording is of 2023-11, not of '2024-03'$"):
        Player(tapes["2023-11"], era="2024-03")
    with pytest.raises(ValueError, match=r"^era: the recordings are of 2023-09 and of 2023-11$"):
        Player(tapes.values())
    with pytest.raises(ValueError, match=r"^era: '2019' is none of"):
        Player(cassette(interaction()), era="2019")  # type: ignore[arg-type]  # what is asked here


def test_an_era_that_there_is_not_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    save(path, "2023-11")
    text = path.read_text().replace("2023-11", "2023-12", 1)
    path.write_text(text)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "era:" in each)
    said = rf"it\.yaml:{line}: dryshot\.era: '2023-12' is none of 2023-09, 2023-11, 2024-03"
    with pytest.raises(CassetteError, match=said):
        read_cassette(path)


def test_a_cassette_without_an_era_says_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    write_cassette(cassette(interaction()), path)
    assert "era:" not in path.read_text()
    assert read_cassette(path).era == ""


def test_a_cassette_that_is_read_again_keeps_its_era(tmp_path: Path) -> None:
    path = tmp_path / "it.yaml"
    save(path, "2023-11")
    assert import_recording(path).era == "2023-11"
