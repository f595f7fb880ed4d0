"""Programs, backends, and the table of operations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dryshot_client import NotFound, RuntimeApiError
from dryshot_client.legacy.operations import LEGACY_OPERATIONS
from dryshot_client.operations import Operation
from tests.client.legacy.answers import ANSWERS
from tests.client.stage import Network, Stage, answer

OnStage = Callable[..., Stage]


def test_one_program_is_fetched_without_logging_in(stage: OnStage) -> None:
    network = Network(answer({"id": "sampler", "name": "sampler"}))
    assert stage(network).do(lambda runtime: runtime.programs.get("sampler"))["id"] == "sampler"
    assert network.lines == ["GET /programs/sampler"]
    assert network.tokens == []


def test_a_program_that_wants_a_login_after_all_gets_one(stage: OnStage) -> None:
    mine = {"id": "mine", "name": "mine"}
    network = Network(answer({}, 401), answer(mine))
    assert stage(network).do(lambda runtime: runtime.programs.get("mine")) == mine
    assert network.requests[-1].headers["x-access-token"] == network.tokens[0]


def test_backends_are_listed_as_they_come_with_repetitions(stage: OnStage) -> None:
    names = ["simulator_stabilizer", "ibm_wellington", "simulator_stabilizer"]
    network = Network(answer({"devices": names}))
    assert stage(network).do(lambda runtime: runtime.backends.list()) == names
    assert network.lines == ["GET /backends"]


@pytest.mark.parametrize("what", ["configuration", "properties", "defaults", "status"])
def test_what_there_is_about_a_backend_is_fetched(stage: OnStage, what: str) -> None:
    told = ANSWERS[f"backends.{what}"] | {"new": [None]}
    network = Network(answer(told))
    got = stage(network).do(lambda runtime: getattr(runtime.backends, what)("ibm/odd"))
    assert got == told
    assert network.lines == [f"GET /backends/ibm%2Fodd/{what}"]


def test_an_older_calibration_can_be_asked_for(stage: OnStage) -> None:
    network = Network(answer({}))
    when = datetime(2023, 9, 11, 17, tzinfo=UTC)
    play = stage(network)
    play.do(lambda runtime: runtime.backends.properties("b", updated_before=when))
    assert network.requests[-1].url.params["updated_before"] == "2023-09-11T17:00:00Z"


def test_an_unknown_backend_is_not_found(stage: OnStage) -> None:
    with pytest.raises(NotFound):
        stage(Network(answer({}, 404))).do(lambda runtime: runtime.backends.status("b"))


@pytest.mark.parametrize("body", ["[]", "null", "<html>", ""])
def test_a_success_that_is_no_json_object_is_an_error(stage: OnStage, body: str) -> None:
    network = Network(httpx.Response(200, text=body))
    with pytest.raises(RuntimeApiError, match="GET /backends: 200 the answer is not a JSON object"):
        stage(network).do(lambda runtime: runtime.backends.list())


@given(st.text(min_size=1))
def test_any_id_stays_one_segment_of_the_path_and_can_be_read_back(id_: str) -> None:
    assume(id_ not in {".", ".."} and not re.search(r"[\ud800-\udfff]", id_))
    path = Operation("GET", "/jobs/{id}/results").path({"id": id_})
    empty, jobs, segment, results = path.split("/")
    assert (empty, jobs, results) == ("", "jobs", "results")
    assert unquote(segment) == id_


def test_only_what_reads_or_replaces_is_repeatable_without_saying_why() -> None:
    repeatable = {name for name, each in LEGACY_OPERATIONS.items() if each.repeatable}
    by_method = {
        name for name, each in LEGACY_OPERATIONS.items() if each.method in {"GET", "PUT", "DELETE"}
    }
    assert repeatable - by_method == {
        *("login_with_token", "logout", "revoke_token", "validate_token"),
        *("update_program", "update_session"),
    }
    assert by_method <= repeatable
