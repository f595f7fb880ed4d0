"""What is asked for: of which instance and account, in which version, by which body or page."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from contract_tests.platform import IAM, RUNTIME, SEARCH
from dryshot import Mock, Player, Unrecorded
from dryshot.recording.cassette import Cassette
from dryshot.recording.redaction import redact
from tests.dialects.platform import log_in, one, sampler
from tests.recording.recordings import Tape, origins, platform_of, taped

VERSION = "2026-04-15"
SEARCHED = {"query": "service_name:quantum-computing", "fields": ["crn", "name", "doc"]}
ORIGIN, _, BASE = RUNTIME.removeprefix("https://").partition("/")


def crn(account: int, instance: int) -> str:
    scope, id_ = "a/" + f"{account:02x}" * 16, uuid.UUID(f"{instance:02x}" * 16)
    return f"crn:v1:bluemix:public:quantum-computing:us-east:{scope}:{id_}::"


FIRST, SECOND, OTHERS = crn(0xA1, 0xB1), crn(0xA1, 0xB2), crn(0xA2, 0xB3)


def tape_of(*calls: tuple[str, str, Any]) -> Tape:
    """Calls on the platform, a second apart: whose instance, what, and the answer."""
    tape = Tape(RUNTIME)
    for second, (instance, call, answer) in enumerate(calls):
        tape.headers = {"service-crn": instance, "ibm-api-version": VERSION}
        tape.add(second, call, answer)
    return tape


def usage(seconds: int) -> dict[str, Any]:
    return {"usage_consumed_seconds": seconds}


def user_of(player: Mock, instance: str, key: str = "any") -> httpx.Client:
    http = httpx.Client(base_url=RUNTIME, transport=player.transport())
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": key}
    token = http.post(f"{IAM}/identity/token", data=form).json()["access_token"]
    http.headers.update({"authorization": f"Bearer {token}", "service-crn": instance})
    http.headers["ibm-api-version"] = VERSION
    return http


def spent(http: httpx.Client) -> Any:
    return http.get("/instances/usage").json()["usage_consumed_seconds"]


def test_instances_are_told_apart_in_any_order() -> None:
    tape = tape_of(
        (FIRST, "GET /instances/usage", usage(11)),
        (SECOND, "GET /instances/usage", usage(22)),
        (FIRST, "GET /instance", {"plan_id": "a", "backends": ["ibm_fez"]}),
        (SECOND, "GET /instance", {"plan_id": "b", "backends": ["ibm_torino"]}),
    )
    player = tape.play(strict=True)
    for instance, plan, seconds in ((SECOND, "b", 22), (FIRST, "a", 11), (SECOND, "b", 22)):
        http = user_of(player, instance)
        assert spent(http) == seconds
        assert http.get("/instance").json()["plan_id"] == plan
    assert player.unused == []
    assert {origin for _, origin in origins(player)} == {"mock", "recorded"}


def test_what_was_asked_of_one_instance_was_not_asked_of_another() -> None:
    tape = tape_of(
        (FIRST, "GET /instances/usage", usage(11)), (SECOND, "GET /backends", {"devices": []})
    )
    with pytest.raises(Unrecorded, match=f"instance: {FIRST} != {SECOND}"):
        spent(user_of(tape.play(strict=True), SECOND))


def test_versions_of_the_api_are_told_apart() -> None:
    http = user_of(tape_of((FIRST, "GET /instances/usage", usage(1))).play(strict=True), FIRST)
    http.headers["ibm-api-version"] = "2025-01-01"
    with pytest.raises(Unrecorded, match=f"version: {VERSION} != 2025-01-01"):
        spent(http)


def test_accounts_of_one_recording_are_opened_by_keys_in_their_order() -> None:
    player = tape_of(
        (FIRST, "GET /instances/usage", usage(11)), (OTHERS, "GET /instances/usage", usage(33))
    ).play(strict=True)
    first, second = user_of(player, FIRST, "one"), user_of(player, OTHERS, "two")
    assert (spent(second), spent(first)) == (33, 11)
    assert spent(user_of(player, FIRST, "one")) == 11
    foreign = user_of(player, OTHERS, "one").get("/instances/usage")
    assert foreign.status_code == 403
    assert len({account.account_id for account in player.world.accounts}) == 2


def test_jobs_of_two_accounts_run_again_in_their_own() -> None:
    job = {"program_id": "sampler", "backend": "ibm_fez", "params": sampler()["params"]}
    tape = Tape(RUNTIME)
    for second, (instance, id_) in enumerate(((FIRST, "job-one"), (OTHERS, "job-two"))):
        tape.headers = {"service-crn": instance, "ibm-api-version": VERSION}
        tape.add(second, "POST /jobs", {"id": id_, "backend": "ibm_fez"}, body=job)
        state = {"status": "Cancelled", "reason": "upkeep"}
        tape.add(4 + second, f"GET /jobs/{id_}", {"id": id_, "state": state})
    player = tape.play()
    first, second_ = user_of(player, FIRST, "one"), user_of(player, OTHERS, "two")
    assert [http.post("/jobs", json=job).json()["id"] for http in (first, second_)] == [
        "job-one",
        "job-two",
    ]
    player.clock.advance(30)
    for http, id_ in ((first, "job-one"), (second_, "job-two")):
        assert http.get(f"/jobs/{id_}").json()["state"]["reason"] == "upkeep"
    assert first.get("/jobs/job-two").status_code == 404


def searches(http: httpx.Client) -> list[Any]:
    """All at once, and one by one."""
    url = f"{SEARCH}/v3/resources/search"
    found = [http.post(url, json=SEARCHED).json()]
    body: dict[str, Any] = dict(SEARCHED)
    while True:
        found.append(http.post(f"{url}?limit=1", json=body).json())
        if "search_cursor" not in found[-1]:
            return found
        body["search_cursor"] = found[-1]["search_cursor"]


def test_a_search_is_told_apart_by_its_query_and_its_body() -> None:
    mock = Mock()
    before = searches(platform_of(mock, log_in))
    assert len({len(page["items"]) for page in before}) == 2
    player = Player(taped(mock), strict=True)
    http = platform_of(player, log_in)
    assert searches(http) == before
    assert searches(http) == before
    changed = {**SEARCHED, "fields": ["crn", "name", "tags"]}
    with pytest.raises(Unrecorded, match="fields/2: 'doc' != 'tags'"):
        http.post(f"{SEARCH}/v3/resources/search", json=changed)


def test_a_page_that_only_the_service_can_find_is_found() -> None:
    listed = {"id": "a", "mode": "job", "status": "completed", "tags": []}
    later: dict[str, Any] = {"workloads": [listed | {"id": "b"}], "total_count": 2}
    next_ = {"href": f"{RUNTIME}/workloads?limit=1&next=opaque"}
    tape = tape_of(
        (FIRST, "GET /workloads?limit=1&next=opaque", later),
        (FIRST, "GET /workloads?limit=1", {"workloads": [], "next": next_, "total_count": 0}),
    )
    http = user_of(tape.play(strict=True), FIRST)
    href = http.get("/workloads?limit=1").json()["next"]["href"]
    assert http.get(href).json() == later


def redacted(tape: Tape) -> Cassette:
    cassette = tape.cassette()
    return redact(
        cassette.interactions, recorded=cassette.recorded, host="", provenance="", spec={}
    )


def test_a_program_may_use_the_names_that_redaction_took_out() -> None:
    account = FIRST.split(":")[6].removeprefix("a/")
    plans = {"account_id": account, "plans": []}
    cassette = redacted(
        tape_of(
            (FIRST, "GET /instances/usage", usage(11)),
            (SECOND, "GET /instances/usage", usage(22)),
            (FIRST, f"GET /accounts/{account}", plans),
        )
    )
    assert FIRST not in str([each.request.headers for each in cassette.interactions])
    player = Player(cassette, strict=True)
    first, second = user_of(player, FIRST), user_of(player, SECOND)
    assert (spent(first), spent(second), spent(first)) == (11, 22, 11)
    told = first.get(f"/accounts/{account}").json()["account_id"]
    assert told == next(iter(player.world.accounts)).account_id != account
    assert player.unused == []
    with pytest.raises(Unrecorded):
        spent(user_of(player, crn(0xA3, 0xB9)))


def test_a_pseudonym_that_is_asked_for_stands_for_nobody_else() -> None:
    cassette = redacted(tape_of((FIRST, "GET /instances/usage", usage(11))))
    player = Player(cassette, strict=True)
    known = cassette.interactions[0].request.headers["service-crn"]
    assert spent(user_of(player, known)) == 11
    with pytest.raises(Unrecorded, match="instance"):
        spent(user_of(player, FIRST))


def status(state: str) -> dict[str, Any]:
    paused = {"state": False, "status": state, "message": "back at noon", "length_queue": 0}
    return paused if state != "active" else paused | {"state": True, "status": state, "message": ""}


@pytest.mark.parametrize(
    ("reason", "condition"), [("maintenance", "paused"), ("offline", "offline")]
)
def test_a_device_is_out_of_order_as_long_as_it_was_seen_so(reason: str, condition: str) -> None:
    tape = tape_of((FIRST, "GET /backends/ibm_fez/status", status(reason)))
    tape.add(40, "GET /backends/ibm_fez/status", status("active"))
    player = tape.play(engine=one)
    http = user_of(player, FIRST)
    seen = player.world.platform.condition("ibm_fez")
    assert (seen.status, seen.reason, seen.message) == (condition, reason, "back at noon")
    job = http.post("/jobs", json=sampler(backend="ibm_fez")).json()["id"]
    player.clock.advance(20)
    assert http.get(f"/jobs/{job}").json()["status"] == "Queued"
    player.clock.advance(60)
    assert http.get(f"/jobs/{job}").json()["status"] == "Completed"
    assert http.get("/backends/ibm_fez/status").json() == status("active")


def test_a_device_that_ran_a_recorded_job_was_online() -> None:
    tape = tape_of((FIRST, "GET /backends/ibm_fez/status", status("maintenance")))
    job = {"id": "job-one", "backend": "ibm_fez", "created": "2023-09-11T17:27:40Z"}
    tape.add(2, "GET /jobs/job-one", job | {"state": {"status": "Queued"}})
    tape.add(6, "GET /jobs/job-one", job | {"state": {"status": "Running"}})
    tape.add(9, "GET /jobs/job-one", job | {"state": {"status": "Completed"}})
    player = tape.play(engine=one)
    http = user_of(player, FIRST)
    player.clock.advance(20)
    assert http.get("/jobs/job-one").json()["state"]["status"] == "Completed"
    assert player.world.platform.condition("ibm_fez").status == "online"


def test_the_settings_that_were_found_are_those_of_the_beginning() -> None:
    found = [{"plan_id": "a", "instance_limit_seconds": limit} for limit in ("500", "900")]
    player = tape_of(*((FIRST, "GET /instance", each) for each in found)).play()
    (instance,) = player.world.platform.instances(next(iter(player.world.accounts)))
    assert instance.usage_limit_seconds == 500
