from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from dryshot.commands import state as command
from dryshot.server.records import StateError
from dryshot.server.transfer import export_state, import_state
from dryshot.server.worlds import Worlds
from dryshot.world import Pace
from tests.server_state.stage import User, kept, one, seen, virtual

ROOT = Path(__file__).parents[2]


def live(user: User) -> tuple[str, ...]:
    """Every kind of change."""
    user.log_in()
    user.log_in_classic()
    user.submit(tags=["one"])
    tagged = user.submit()
    assert user.do("PUT", f"/jobs/{tagged}/tags", {"tags": ["two", "three"]}).status_code == 204
    body = {"mode": "batch", "backend": "ibm_fez"}
    session = user.do("POST", "/sessions", body).json()["id"]
    user.submit(session_id=session)
    assert user.do("PATCH", f"/sessions/{session}", {"accepting_jobs": False}).status_code == 204
    closed = user.do("POST", "/sessions", body).json()["id"]
    assert user.do("DELETE", f"/sessions/{closed}/close").status_code == 204
    private = user.submit(private=True)
    assert user.do("GET", f"/jobs/{private}/results").status_code == 200
    assert user.do("GET", f"/jobs/{private}/results").status_code == 204
    gone = user.submit()
    assert user.do("DELETE", f"/jobs/{gone}").status_code == 204
    limit = {"instance_limit": 5000}
    assert user.do("PUT", "/instances/configuration", limit).status_code == 204
    user.submit_classic()
    cancelled = user.submit_classic()
    assert user.do_classic("POST", f"/jobs/{cancelled}/cancel").status_code == 204
    deleted = user.submit_classic()
    assert user.do_classic("DELETE", f"/jobs/{deleted}").status_code == 204
    return session, closed


@pytest.mark.parametrize("reopened", [1, 3])
def test_every_change_is_there_when_the_file_is_opened_again(tmp_path: Path, reopened: int) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants)) as user:
        sessions = live(user)
        before = seen(user, tenants, sessions)
        names = tenants.names()
    for _ in range(reopened):
        with kept(path, worlds) as tenants, closing(User(tenants)) as again:
            again.headers, again.classic = user.headers, user.classic
            assert seen(again, tenants, sessions) == before
            assert tenants.names() == names


def test_a_wall_clock_that_was_moved_goes_on_from_there(tmp_path: Path) -> None:
    present = [1_800_000_000.0]
    worlds = Worlds(engine=one, wall=lambda: present[0])
    with kept(tmp_path / "state", worlds) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        tenants.mock(name).clock.advance(100)
    present[0] += 5
    with kept(tmp_path / "state", worlds) as tenants:
        clock = tenants.mock(name).clock
        clock.tick()
        assert clock.time() == 1_800_000_105
    assert user.headers


def test_faults_conditions_and_resets_are_kept(tmp_path: Path) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        tenants.mock(name).faults.fail(500, operation="list_jobs", times=2)
        tenants.keep(name)
        tenants.set_condition(name, "ibm_fez", status="paused")
        assert user.do("GET", "/jobs").status_code == 500
    with kept(path, worlds) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert again.do("GET", "/jobs").status_code == 500
        assert again.do("GET", "/jobs").status_code == 200
        assert tenants.mock(name).world.platform.condition("ibm_fez").status == "paused"
        tenants.reset(name)
    with kept(path, worlds) as tenants:
        assert tenants.names() == []


def test_a_job_that_had_not_ended_ends_later(tmp_path: Path) -> None:
    worlds, path = virtual(Pace(50, 50)), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        job = user.submit()
    with kept(path, worlds) as tenants, closing(User(tenants)) as again:
        again.headers = user.headers
        assert again.do("GET", f"/jobs/{job}").json()["status"] == "Queued"
        tenants.mock(tenants.names()[0]).clock.advance(200)
        assert again.do("GET", f"/jobs/{job}").json()["status"] == "Completed"


def test_the_file_holds_neither_keys_nor_tokens_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with kept(path, virtual()) as tenants, closing(User(tenants, "the-secret-key")) as user:
        live(user)
    content = path.read_bytes() + json.dumps(export_state(path)).encode()
    secrets = ["the-secret-key", user.headers["authorization"][7:], user.classic["x-access-token"]]
    assert [one for one in secrets if one.encode() in content] == []
    assert path.stat().st_mode & 0o777 == 0o600


def refused(path: Path, reason: str) -> None:
    before = path.read_bytes()
    with pytest.raises(StateError, match=reason):
        virtual().open_state(path)
    assert path.read_bytes() == before


def test_a_foreign_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text("my notes")
    refused(path, "not a state file")
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
    refused(path, "not a state file")


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "state"
    virtual().open_state(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    refused(path, "form 99")


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "state"
    virtual(seed=1).open_state(path).close()
    refused(path, "seed = 1, not 0")


def test_a_file_in_use_is_refused_and_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with virtual().open_state(path):
        refused(path, "in use")
    virtual().open_state(path).close()


def test_a_file_with_any_damaged_byte_is_refused_or_read_rightly(tmp_path: Path) -> None:
    path, worlds = tmp_path / "state", virtual()
    with kept(path, worlds) as tenants, closing(User(tenants)) as user:
        live(user)
        jobs = user.jobs()
    whole = path.read_bytes()
    draw = random.Random(5)
    refusals = 0
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= draw.randrange(1, 256)
        path.write_bytes(damaged)
        try:
            with kept(path, worlds) as tenants, closing(User(tenants)) as again:
                again.headers = user.headers
                assert again.jobs() == jobs
        except StateError:
            refusals += 1
            assert path.read_bytes() == damaged
    assert refusals


@contextmanager
def serving(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command_line = [sys.executable, "-m", "tests.server_state.serve_state", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command_line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().strip()
        finally:
            server.kill()


def submit_until_killed(path: Path, user: User | None, after: int) -> tuple[User, list[str]]:
    with serving(path) as (server, url):
        own = User(url)
        if user is None:
            own.log_in()
        else:
            own.headers = user.headers
        acknowledged: list[str] = []
        with closing(own):
            try:
                while True:
                    acknowledged.append(own.submit(tags=[f"n{len(acknowledged)}"]))
                    if len(acknowledged) == after:
                        server.kill()
            except httpx.TransportError:
                return own, acknowledged


def killed_at(path: Path, points: list[int]) -> None:
    user, acknowledged = None, list[str]()
    for after in points:
        user, more = submit_until_killed(path, user, after)
        acknowledged += more
    with serving(path) as (_, url), closing(User(url)) as again:
        assert user is not None
        again.headers = user.headers
        found = {
            job["id"]
            for offset in range(0, len(acknowledged) + len(points) + 1, 200)
            for job in again.do("GET", f"/jobs?limit=200&offset={offset}").json()["jobs"]
        }
    assert set(acknowledged) - found == set()
    assert len(found) - len(acknowledged) <= len(points)


def test_what_was_acknowledged_survives_a_killed_server(tmp_path: Path) -> None:
    killed_at(tmp_path / "state", [1, 17, 40])


@pytest.mark.heavy
def test_what_was_acknowledged_survives_twenty_kills(tmp_path: Path) -> None:
    draw = random.Random(7)
    killed_at(tmp_path / "state", [draw.randrange(1, 200) for _ in range(20)])


def test_a_damaged_log_of_a_killed_server_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    submit_until_killed(path, None, 20)
    wal = path.with_name("state-wal")
    whole, main = wal.read_bytes(), path.read_bytes()
    draw = random.Random(3)
    for place in [0, 20, len(whole) - 3000, *(draw.randrange(len(whole)) for _ in range(8))]:
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        wal.write_bytes(damaged)
        with pytest.raises(StateError, match="damaged"):
            export_state(path)
        assert (path.read_bytes(), wal.read_bytes()) == (main, bytes(damaged))


def test_a_state_goes_out_as_json_and_comes_back(tmp_path: Path) -> None:
    path, there, back = tmp_path / "state", tmp_path / "json", tmp_path / "back"
    with kept(path, virtual()) as tenants, closing(User(tenants)) as user:
        sessions = live(user)
        before = seen(user, tenants, sessions)
    arguments = argparse.ArgumentParser()
    command.declare(arguments)
    assert command.run(arguments.parse_args(["export", str(path), "--out", str(there)])) == 0
    assert command.run(arguments.parse_args(["import", str(there), str(back)])) == 0
    with kept(back, virtual()) as tenants, closing(User(tenants)) as again:
        again.headers, again.classic = user.headers, user.classic
        assert seen(again, tenants, sessions) == before
    assert command.run(arguments.parse_args(["import", str(there), str(back)])) == 1
    assert command.run(arguments.parse_args(["export", str(tmp_path / "none")])) == 1


@pytest.mark.parametrize("change", ["version", "tenant", "kind", "record", "list"])
def test_what_is_no_exported_state_makes_no_file(tmp_path: Path, change: str) -> None:
    with kept(tmp_path / "state", virtual()) as tenants, closing(User(tenants).log_in()):
        pass
    value = export_state(tmp_path / "state")
    if change == "version":
        value["dryshot_state"] = 2
    elif change == "tenant":
        value["tenants"] = []
    elif change == "kind":
        value["records"][0]["kind"] = "other"
    elif change == "record":
        value["records"][0]["text"] = "{"
    with pytest.raises(StateError):
        import_state([] if change == "list" else value, tmp_path / "new")
    assert not (tmp_path / "new").exists()
