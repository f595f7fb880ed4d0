"""The state of a running server goes out through the admin API, and another one comes in."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from dryshot.server.transfer import export_state, import_state
from dryshot.server.worlds import Worlds
from dryshot.world import Outcome, Pace, Task
from tests.server_state.admin import WAIT, Lived, call, exported, imported
from tests.server_state.stage import JOB, User, kept, one, seen, virtual


def test_what_goes_out_while_it_runs_is_what_the_command_writes_and_has_no_secrets(
    tmp_path: Path, lived: Lived
) -> None:
    user, _, _, value = lived
    assert value == export_state(tmp_path / "lived")
    text = json.dumps(value)
    secrets = ["the-admin-token", '"key"', user.headers["authorization"][7:]]
    secrets.append(user.classic["x-access-token"])
    assert [secret for secret in secrets if secret in text] == []


def test_what_comes_in_takes_the_place_of_everything_and_lasts(
    tmp_path: Path, lived: Lived
) -> None:
    user, sessions, before, value = lived
    path = tmp_path / "other"
    with kept(path, virtual()) as tenants, closing(User(tenants, "another key")) as other:
        other.log_in().submit()
        (gone,) = tenants.names()
        mock = tenants.mock(gone)
        told = imported(tenants, value)
        assert told == {"tenants": tenants.names(), "records": len(value["records"])}
        assert gone not in tenants.names()
        assert mock not in [tenants.mock(name) for name in tenants.names()]
        assert other.do("GET", "/jobs").status_code == 401
        assert call(tenants, "GET", f"/tenants/{gone}/journal").status_code == 404
        with closing(User(tenants)) as again:
            again.headers, again.classic = user.headers, user.classic
            assert seen(again, tenants, sessions) == before
            tenants.mock(tenants.names()[0]).clock.unfreeze()
            later = again.log_in().submit()
    with kept(path, virtual()) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert later in again.jobs()
        assert tenants.names() == told["tenants"]


def test_files_of_the_command_come_in_and_those_of_the_api_go_to_the_command(
    tmp_path: Path, lived: Lived
) -> None:
    user, sessions, before, value = lived
    import_state(value, tmp_path / "by command")
    with kept(tmp_path / "by command", virtual()) as tenants, closing(User(tenants)) as again:
        again.headers, again.classic = user.headers, user.classic
        assert seen(again, tenants, sessions) == before
    written = json.loads(json.dumps(export_state(tmp_path / "lived"), indent=1))
    with kept(tmp_path / "by api", virtual()) as tenants, closing(User(tenants)) as again:
        imported(tenants, written)
        again.headers, again.classic = user.headers, user.classic
        assert seen(again, tenants, sessions) == before


def test_devices_are_calibrated_as_they_were_where_the_state_comes_from(tmp_path: Path) -> None:
    present = [1_800_000_000.0]
    worlds = Worlds(engine=one, wall=lambda: present[0])
    properties = "/backends/ibm_fez/properties"
    with kept(tmp_path / "a", worlds) as tenants, closing(User(tenants).log_in()) as user:
        for name in tenants.names():
            tenants.mock(name).clock.freeze()
        before = user.do("GET", properties).text
        value = exported(tenants)
    value["meta"]["born"] = "2024-02-03T04:05:06+00:00"
    with kept(tmp_path / "b", worlds) as tenants, closing(User(tenants)) as again:
        imported(tenants, value)
        again.headers = user.headers
        after = again.do("GET", properties).text
    with kept(tmp_path / "b", worlds) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert again.do("GET", properties).text == after != before


def test_a_large_state_is_sent_piece_by_piece_and_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with kept(path, virtual()) as tenants, closing(User(tenants).log_in()) as user:
        for _ in range(3):
            user.submit(params={"pubs": [["OPENQASM 3;" + " " * 500_000]]})
        answer = call(tenants, "GET")
    assert answer.headers["content-length"] == str(len(answer.content))
    assert len(answer.content) > 1_500_000
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json() == export_state(path)


def test_a_state_without_tenants_empties_the_server(tmp_path: Path) -> None:
    with kept(tmp_path / "empty", virtual()) as tenants:
        value = exported(tenants)
    with kept(tmp_path / "state", virtual()) as tenants, closing(User(tenants).log_in()) as user:
        assert imported(tenants, value) == {"tenants": [], "records": 0}
        assert user.do("GET", "/jobs").status_code == 401
    with kept(tmp_path / "state", virtual()) as tenants:
        assert tenants.names() == []


def test_a_request_under_way_is_answered_by_the_new_worlds_as_a_whole(
    tmp_path: Path, lived: Lived
) -> None:
    running, go = threading.Event(), threading.Event()

    def slow(task: Task) -> Outcome:
        if threading.current_thread().name.startswith("asks"):
            running.set()
            assert go.wait(WAIT)
        return one(task)

    worlds = Worlds(clock="virtual", engine=slow)
    path = tmp_path / "state"
    with (
        kept(path, worlds) as tenants,
        closing(User(tenants, "another key").log_in()) as other,
        closing(User(tenants).log_in()) as user,
        ThreadPoolExecutor(2, "asks") as pool,
    ):
        other.submit()  # it starts when time moves on: with the next request
        looking = pool.submit(other.do, "POST", "/jobs", JOB)
        assert running.wait(WAIT)
        running.clear()
        user.headers = lived[0].headers
        count = imported(tenants, lived[3])["records"]
        assert not looking.done()
        go.set()
        assert looking.result(WAIT).status_code == 401
        assert len(exported(tenants)["records"]) == count
        again = user.submit()
    with kept(path, worlds) as tenants, closing(User(tenants)) as user:
        user.headers = lived[0].headers
        assert again in user.jobs()


def test_what_is_acknowledged_after_an_import_under_load_is_found(tmp_path: Path) -> None:
    path, worlds = tmp_path / "state", virtual()
    keys = ["a", "b", "c"]
    with kept(path, worlds) as tenants:
        for key in keys:
            with closing(User(tenants, key)) as user:
                user.log_in().submit()
        value = exported(tenants)
        done, stop = threading.Event(), threading.Event()
        ready = threading.Barrier(len(keys) + 1, timeout=WAIT)

        def work(key: str) -> list[str]:
            made = []
            with closing(User(tenants, key)) as user:
                user.log_in()
                ready.wait()
                for _ in range(2000):
                    after = done.is_set()
                    answer = user.do("POST", "/jobs", JOB)
                    if answer.status_code == 401:  # its token was of the worlds before
                        user.log_in(again=True)
                    elif after:
                        made.append(str(answer.json()["id"]))
                    if stop.is_set() or len(made) == 5:
                        break
            return made

        with ThreadPoolExecutor(len(keys)) as pool:
            working = [pool.submit(work, key) for key in keys]
            try:
                ready.wait()
                for _ in range(3):
                    imported(tenants, value)
                done.set()
                acknowledged = [one.result(WAIT) for one in working]
            finally:
                stop.set()
    assert [len(made) for made in acknowledged] == [5, 5, 5]
    with kept(path, worlds) as tenants:
        for key, made in zip(keys, acknowledged, strict=True):
            with closing(User(tenants, key).log_in()) as user:
                assert set(made) <= set(user.jobs())


def test_what_goes_out_under_load_is_whole_and_has_all_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    path, worlds = tmp_path / "state", virtual(Pace(3, 3))
    exports: list[tuple[set[str], Any]] = []
    made: list[str] = []
    with kept(path, worlds) as tenants, ThreadPoolExecutor(1) as pool:
        stop, some = threading.Event(), threading.Semaphore(0)

        def work() -> None:
            with closing(User(tenants).log_in()) as user:
                for _ in range(400):
                    made.append(user.submit())
                    some.release()
                    if stop.is_set():
                        return

        working = pool.submit(work)
        try:
            for _ in range(3):
                assert some.acquire(timeout=WAIT)
                exports.append((set(made), exported(tenants)))
        finally:
            stop.set()
        working.result(WAIT)
    for number, (before, value) in enumerate(exports):
        with kept(tmp_path / f"{number}", worlds) as tenants:
            imported(tenants, value)
            assert tenants.names() != []
            with closing(User(tenants).log_in()) as user:
                assert before <= set(user.jobs())
