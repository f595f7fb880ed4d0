"""Troubles of served worlds: seen on the wire, and there again when the file is opened again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from dryshot.mounts.asgi import asgi
from dryshot.server.tenants import Tenants
from dryshot.server.worlds import Worlds
from dryshot.world import Pace
from tests.server_state.stage import User, kept, one, seen, virtual
from tests.serving import served


@contextmanager
def again(path: Path, worlds: Worlds, user: User) -> Iterator[tuple[Tenants, User, str]]:
    """The same user, at the tenants of the same file."""
    with kept(path, worlds) as tenants, closing(User(tenants, user.key)) as new:
        new.headers = user.headers
        (name,) = tenants.names()
        yield tenants, new, name


def test_troubles_outlast_the_server_and_so_does_their_clearing(tmp_path: Path) -> None:
    worlds, path = virtual(), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        tenants.start_trouble(name, "fail_jobs", {"reason_code": 1517, "times": 2})
        tenants.start_trouble(name, "lose_results", {"reads": 2, "times": None})
        paused = tenants.start_trouble(name, "pause", {"backend": "ibm_torino", "end": 5000})
        # what a test does to the world by hand is kept as well
        tenants.mock(name).world.trouble.remove_backend("ibm_kingston")
        failed, lost = user.submit(), user.do("GET", "/jobs").json()["jobs"]
        assert user.do("GET", f"/jobs/{failed}").json()["status"] == "Failed"
        assert len(lost) == 1
    with again(path, worlds, user) as (tenants, new, name):
        assert [one.name for one in tenants.mock(name).world.trouble] == [
            "fail_jobs",
            "lose_results",
            "pause",
            "remove_backend",
        ]
        assert new.do("GET", f"/jobs/{failed}").json()["state"]["reason_code"] == 1517
        failed = new.submit()
        assert new.do("GET", f"/jobs/{failed}").json()["status"] == "Failed"
        good = new.submit()
        assert new.do("GET", f"/jobs/{good}/results").status_code == 200
        tenants.clear_trouble(name, paused.number)
        assert tenants.mock(name).world.platform.condition("ibm_torino").status == "online"
    with again(path, worlds, user) as (tenants, new, name):
        assert tenants.mock(name).world.platform.condition("ibm_torino").status == "online"
        assert new.do("GET", f"/jobs/{good}/results").status_code == 200
        assert new.do("GET", f"/jobs/{good}/results").status_code == 204
        before = seen(new, tenants)
        tenants.clear_trouble(name)
    with again(path, worlds, user) as (tenants, new, name):
        assert len(tenants.mock(name).world.trouble) == 0
        assert new.do("GET", f"/jobs/{good}/results").status_code == 200
        names = [one["name"] for one in new.do("GET", "/backends").json()["devices"]]
        assert "ibm_kingston" in names
    assert before


def test_a_late_job_is_as_late_when_its_file_is_opened_again(tmp_path: Path) -> None:
    worlds, path = virtual(Pace(5, 10)), tmp_path / "state"
    with kept(path, worlds) as tenants, closing(User(tenants).log_in()) as user:
        (name,) = tenants.names()
        tenants.start_trouble(name, "delay_jobs", {"seconds": 100, "times": None})
        done = user.submit()
        tenants.mock(name).clock.advance(200)
        running = user.submit()
        tenants.mock(name).clock.advance(20)
        before = seen(user, tenants)
    with again(path, worlds, user) as (tenants, new, name):
        assert seen(new, tenants) == before
        clock = tenants.mock(name).clock
        assert new.do("GET", f"/jobs/{done}").json()["status"] == "Completed"
        assert new.do("GET", f"/jobs/{running}").json()["status"] == "Running"
        clock.advance(100)
        assert new.do("GET", f"/jobs/{running}").json()["status"] == "Completed"


def test_no_key_is_kept_of_a_trouble_with_it(tmp_path: Path) -> None:
    worlds, path, key = virtual(), tmp_path / "state", "a very secret key"
    with kept(path, worlds) as tenants, closing(User(tenants, key).log_in()) as user:
        (name,) = tenants.names()
        tenants.start_trouble(name, "expire_key", {"account": key})
        assert user.do("GET", "/backends").status_code == 401
    assert key.encode() not in path.read_bytes()
    with again(path, worlds, user) as (_, new, _):
        assert new.do("GET", "/backends").status_code == 401
        with pytest.raises(AssertionError, match="BXNIM0415E"):
            new.log_in()


def test_served_callers_see_the_same_trouble() -> None:
    worlds = Worlds(clock="virtual", engine=one)
    tenants = worlds.tenants()
    with served(asgi(tenants)) as address, closing(User(f"http://{address}").log_in()) as user:
        (name,) = tenants.names()
        tenants.start_trouble(name, "pause", {"backend": "ibm_fez", "reason": "internal"})
        tenants.start_trouble(name, "enlarge_results", {"mib": 1})
        status = user.do("GET", "/backends/ibm_fez/status").json()
        assert (status["state"], status["status"]) == (True, "internal")
        job = user.submit()
        assert user.do("GET", f"/jobs/{job}").json()["status"] == "Queued"
        tenants.clear_trouble(name, 1)
        assert user.do("GET", f"/jobs/{job}").json()["status"] == "Completed"
        results = user.do("GET", f"/jobs/{job}/results")
        assert len(results.content) >= 1024 * 1024
        tenants.start_trouble(name, "revoke_tokens", {})
        assert user.do("GET", "/jobs").status_code == httpx.codes.UNAUTHORIZED
