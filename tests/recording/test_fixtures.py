"""The shipped cassettes: as their scripts make them, and within the documents."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from dryshot.contract import Documents
from dryshot.recording.cassette import Cassette
from dryshot.recording.files import read_cassette
from dryshot.recording.redaction import find_secrets

CASSETTES = Path(__file__).parents[2] / "fixtures" / "cassettes"
NAMES = ("seed", "classic", "platform")


@pytest.fixture(scope="module", params=NAMES)
def shipped(request: pytest.FixtureRequest) -> Cassette:
    return read_cassette(CASSETTES / f"{request.param}.yaml")


def test_every_answer_is_what_the_documents_allow(shipped: Cassette) -> None:
    documents = Documents()
    assert len(shipped.interactions) >= 8
    for one in shipped.interactions:
        found = documents.find(one.request)
        assert found is not None
        assert found.key == one.operation
        found.contract.check_response(found.operation, one.response)


def test_they_say_that_they_were_not_recorded_live(shipped: Cassette) -> None:
    assert "live" in shipped.provenance
    assert "not" in shipped.provenance
    assert "ibm.com" not in shipped.host


@pytest.mark.parametrize("name", NAMES)
def test_they_are_small_and_hold_no_secret(name: str) -> None:
    path = CASSETTES / f"{name}.yaml"
    files = [path, *path.with_suffix(".bodies").glob("*")]
    assert sum(file.stat().st_size for file in files) < 200_000
    assert find_secrets(path.read_text()) == []


def test_the_seed_has_the_notebooks_outputs_number_for_number() -> None:
    seed = read_cassette(CASSETTES / "seed.yaml")
    answers = [(one.operation or "").partition(".")[2] for one in seed.interactions]
    assert answers == [
        "list_programs",
        "login_with_token",
        "list_backends",
        "create_job",
        "get_job",
        "get_job",
        "get_job_results",
        "logout",
    ]
    bodies = [one.response.body.decode() for one in seed.interactions]
    assert bodies[3] == '{"id":"cjvks5fp8blo0kgog530","backend":"ibm_wellington"}'
    states = [json.loads(body)["state"]["status"] for body in bodies[4:6]]
    assert states == ["Running", "Completed"]
    assert json.loads(bodies[6]) == {
        "quasi_dists": [{"0": 0.0010648129545545889, "1": 0.9989351870454455}],
        "metadata": [
            {
                "shots": 4000,
                "readout_mitigation_overhead": 1.009828346656723,
                "readout_mitigation_time": 0.18535281000367831,
            }
        ],
    }
    assert bodies[7] == ""


def test_the_seed_is_what_its_script_builds(tmp_path: Path) -> None:
    build = runpy.run_path(str(CASSETTES / "build_seed.py"))["build"]
    build(tmp_path / "seed.yaml")
    assert (tmp_path / "seed.yaml").read_bytes() == (CASSETTES / "seed.yaml").read_bytes()


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["classic", "platform"])
def test_the_others_are_what_their_script_records(tmp_path: Path, name: str) -> None:
    pytest.importorskip("qiskit_aer")
    path = tmp_path / f"{name}.yaml"
    runpy.run_path(str(CASSETTES / "record_mock.py"))[f"record_{name}"](path)
    made, shipped = read_cassette(path), read_cassette(CASSETTES / f"{name}.yaml")
    assert outline(made) == outline(shipped)


def outline(cassette: Cassette) -> list[tuple[object, ...]]:
    """All but what other versions of httpx or of the simulator make different."""
    return [
        (
            one.at,
            one.operation,
            one.request.target,
            one.response.status,
            None if "results" in f"{one.operation}" else one.response.body,
        )
        for one in cassette.interactions
    ]
