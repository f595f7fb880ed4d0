from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from dryshot.server.tenancy import Tenancy
from dryshot.server.tenants import Tenants
from dryshot.world import Pace
from dryshot.world.instances import account_id_for
from tests.dialects.classic import AUTH, RUNTIME
from tests.server_state.stage import GRANT, IAM, JOB, User, virtual


@pytest.fixture
def tenants() -> Tenants:
    made: Tenants = virtual().tenants()
    tenancy: Tenancy = made  # a type checker holds it to the protocol
    assert tenancy.names() == []
    return made


@pytest.fixture
def nobody(tenants: Tenants) -> Iterator[User]:
    with closing(User(tenants)) as user:
        yield user


def test_a_hundred_keys_in_parallel_never_meet(tenants: Tenants) -> None:
    together = threading.Barrier(20, timeout=20)

    def work(number: int) -> tuple[list[str], list[str]]:
        with closing(User(tenants, f"key {number}")) as user:
            together.wait()
            user.log_in()
            made = [user.submit(tags=[f"tag{number}"]) for _ in range(3)]
            assert user.do("GET", "/tags?type=job&search=tag").json() == {"tags": [f"tag{number}"]}
            return made, user.jobs()

    with ThreadPoolExecutor(20) as pool:
        for made, found in pool.map(work, range(100)):
            assert found == made[::-1]
    assert len(tenants.names()) == len(set(tenants.names())) == 100
    journals = [tenants.mock(name).journal for name in tenants.names()]
    assert {len(journal) for journal in journals} == {7}


def test_a_key_comes_back_to_its_world_by_whatever_way(tenants: Tenants) -> None:
    with closing(User(tenants)) as user, closing(User(tenants)) as again:
        user.log_in().submit()
        user.log_in_classic().submit_classic()
        again.classic = {"x-access-token": "key"}
        assert again.do_classic("GET", "/jobs").json()["count"] == 1
        again.classic = {"authorization": "Bearer key"}
        assert again.do_classic("GET", "/jobs").json()["count"] == 1
        assert len(again.log_in().jobs()) == 1
    assert len(tenants.names()) == 1


def test_a_classic_key_that_never_logged_in_has_a_world_as_well(
    tenants: Tenants, nobody: User
) -> None:
    nobody.classic = {"x-access-token": "ab" * 64}
    nobody.submit_classic()
    assert nobody.do_classic("GET", "/jobs").json()["count"] == 1
    assert len(tenants.names()) == 1


def test_tokens_of_one_world_mean_nothing_in_another(tenants: Tenants) -> None:
    with closing(User(tenants, "a")) as first, closing(User(tenants, "b")) as second:
        first.log_in()
        second.log_in()
        job = first.submit()
        assert second.do("GET", f"/jobs/{job}").status_code == 404
        second.headers["service-crn"] = first.headers["service-crn"]
        assert second.do("GET", "/jobs").status_code == 403
        assert first.headers["authorization"] != second.headers["authorization"]


@pytest.mark.parametrize("token", ["unknown", "a.b.c", "", "é"])
def test_an_unknown_token_is_refused_as_the_service_does(
    tenants: Tenants, nobody: User, token: str
) -> None:
    answer = nobody.ask("GET", f"{RUNTIME}/jobs", headers={"x-access-token": token.encode()})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, 1201)
    assert tenants.names() == []


def test_public_operations_need_no_world(tenants: Tenants, nobody: User) -> None:
    assert nobody.ask("GET", f"{RUNTIME}/programs").status_code == 200
    assert nobody.do("GET", "/versions").status_code == 200
    assert nobody.do("GET", "/jobs").status_code == 401
    assert tenants.names() == []


def test_an_expired_token_is_refused_by_its_own_world(tenants: Tenants) -> None:
    with closing(User(tenants).log_in()) as user:
        tenants.mock(tenants.names()[0]).clock.advance(3601)
        assert user.do("GET", "/jobs").status_code == 401
        assert user.log_in().jobs() == []


@pytest.mark.parametrize(
    "form",
    [{"grant_type": "other", "apikey": "key"}, {"apikey": "key"}, {"grant_type": GRANT}, {}],
)
def test_what_is_refused_at_the_door_makes_no_world(
    tenants: Tenants, nobody: User, form: dict[str, str]
) -> None:
    assert nobody.ask("POST", f"{IAM}/identity/token", data=form).status_code == 400
    assert tenants.names() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"apiToken": 1}', b'{"apiToken": ""}', b"\xff"])
def test_a_malformed_classic_log_in_is_refused(tenants: Tenants, nobody: User, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = nobody.ask("POST", f"{AUTH}/users/loginWithToken", content=body, headers=headers)
    assert answer.status_code == 400
    assert tenants.names() == []


def test_only_declared_keys_log_in_and_those_of_one_account_share_a_world() -> None:
    shared = account_id_for("lab")
    lab = [{"name": "lab", "plan": "premium"}]
    accounts = [
        {"api_key": "one", "account_id": shared, "instances": lab},
        {"api_key": "two", "account_id": shared, "instances": lab},
        {"api_key": "three"},
    ]
    tenants = virtual(world={"accounts": accounts}).tenants()
    with closing(User(tenants, "one")) as first, closing(User(tenants, "two")) as second:
        job = first.log_in().submit()
        assert second.log_in().jobs() == [job]
    with closing(User(tenants, "three")) as third:
        assert third.log_in().jobs() == []
    assert len(tenants.names()) == 2
    with closing(User(tenants, "four")) as fourth:
        form = {"grant_type": GRANT, "apikey": "four"}
        answer = fourth.ask("POST", f"{IAM}/identity/token", data=form)
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "BXNIM0415E")
        answer = fourth.ask("POST", f"{AUTH}/users/loginWithToken", json={"apiToken": "four"})
        assert answer.json()["error"]["name"] == "LOGIN_FAILED"
    assert len(tenants.names()) == 2


def test_names_and_journals_do_not_give_a_key_away(tenants: Tenants) -> None:
    key = "a-very-secret-key"
    with closing(User(tenants, key)) as user:
        user.log_in().submit()
        user.log_in_classic().submit_classic()
        user.classic = {"x-access-token": key}
        user.do_classic("GET", "/jobs")
    (name,) = tenants.names()
    assert name.startswith("t-")
    assert len(name) == 12
    for exchange in tenants.mock(name).journal:
        told = [exchange.request.target, *exchange.request.headers.values()]
        told += [exchange.request.body.decode(), exchange.response.body.decode()]
        assert key not in " ".join(told)


def test_equal_seeds_and_keys_give_equal_worlds_and_others_differ() -> None:
    def life(seed: int, key: str) -> list[str]:
        with closing(User(virtual(seed=seed).tenants(), key).log_in()) as user:
            return [user.headers["authorization"], user.headers["service-crn"], user.submit()]

    assert life(1, "a") == life(1, "a")
    assert life(1, "a")[0] != life(2, "a")[0]
    assert life(1, "a")[0] != life(1, "b")[0]


def test_a_world_that_is_reset_begins_anew_and_leaves_the_others_alone(tenants: Tenants) -> None:
    with closing(User(tenants, "a")) as first, closing(User(tenants, "b")) as second:
        first.log_in().submit()
        (name,) = tenants.names()
        second.log_in().submit()
        before = tenants.mock(name)
        tenants.reset(name)
        assert tenants.mock(name) is not before
        assert first.do("GET", "/jobs").status_code == 401
        assert first.log_in().jobs() == []
        assert len(second.jobs()) == 1
        tenants.reset()
        assert second.do("GET", "/jobs").status_code == 401
    assert len(tenants.names()) == 2
    with pytest.raises(KeyError):
        tenants.reset("t-none")
    with pytest.raises(KeyError):
        tenants.mock("t-none")


def test_the_world_asked_longest_ago_gives_way_unless_a_job_is_under_way() -> None:
    tenants = virtual(Pace(1000, 0)).tenants(max_tenants=2)
    users = [User(tenants, key) for key in "abcd"]
    users[0].log_in().submit()
    users[1].log_in()
    users[2].log_in()
    assert users[1].do("GET", "/jobs").status_code == 401
    assert len(users[0].jobs()) == 1
    users[2].submit()
    form = {"grant_type": GRANT, "apikey": "d"}
    assert users[3].ask("POST", f"{IAM}/identity/token", data=form).status_code == 429
    assert users[3].do("GET", "/versions").status_code == 200
    assert len(tenants.names()) == 2
    for user in users:
        user.close()


def test_a_fault_in_one_world_is_none_in_another(tenants: Tenants) -> None:
    with closing(User(tenants, "a")) as first, closing(User(tenants, "b")) as second:
        first.log_in()
        tenants.mock(tenants.names()[0]).faults.fail(500, operation="create_job")
        second.log_in().submit()
        assert first.do("POST", "/jobs", JOB).status_code == 500
        assert json.loads(first.do("POST", "/jobs", JOB).content)["id"]


def test_a_world_is_idle_once_jobs_that_waited_by_the_hundred_are_cancelled() -> None:
    tenants = virtual(pace=Pace(1e6, 1)).tenants()
    with closing(User(tenants)) as user:
        made = [user.log_in().submit() for _ in range(70)]
        (name,) = tenants.names()
        world = tenants._population.tenant(name)  # noqa: SLF001 - nobody else asks
        assert not world.idle
        for job_id in made:
            assert not world.idle
            assert user.do("POST", f"/jobs/{job_id}/cancel").status_code == 204
        assert world.idle
