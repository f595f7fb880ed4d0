from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from dryshot_client import LegacyRuntime, NotFound

pytestmark = pytest.mark.costs(2)


@pytest.fixture
def opened(legacy_runtime: LegacyRuntime, simulator: str, instance: str) -> Iterator[str]:
    """A session, which is closed afterwards."""
    made = str(legacy_runtime.sessions.create(backend=simulator, instance=instance)["id"])
    yield made
    legacy_runtime.sessions.close(made)


def test_a_session_is_born_with_its_first_job(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str]
) -> None:
    first = submit(start_session=True)
    assert legacy_runtime.jobs.get(first)["session_id"] == first
    assert legacy_runtime.sessions.get(first)["id"] == first
    second = submit(session_id=first)
    assert {job["id"] for job in legacy_runtime.jobs.list(session_id=first)} == {first, second}
    legacy_runtime.sessions.close(first)
    assert legacy_runtime.sessions.get(first)["state"] == "closed"


def test_a_session_is_opened_first(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str], opened: str
) -> None:
    job = submit(session_id=opened)
    legacy_runtime.jobs.wait(job, timeout=60)
    assert legacy_runtime.sessions.get(opened)["accepting_jobs"] is True
    assert legacy_runtime.sessions.extended(opened)["id"] == opened
    legacy_runtime.sessions.update(opened, accepting_jobs=False)
    assert legacy_runtime.sessions.get(opened)["accepting_jobs"] is False


def test_a_session_is_opened_with_an_id_and_nothing_else(
    user: httpx.Client, simulator: str, instance: str
) -> None:
    answer = user.post("/sessions", json={"backend": simulator, "instance": instance})
    assert (answer.status_code, list(answer.json())) == (200, ["id"])
    closed = user.delete(f"/sessions/{answer.json()['id']}/close")
    assert (closed.status_code, closed.text) == (204, "")


def test_a_block_opens_a_session_and_takes_no_more_jobs_at_its_end(
    legacy_runtime: LegacyRuntime, submit: Callable[..., str], simulator: str, instance: str
) -> None:
    with legacy_runtime.sessions.open(
        backend=simulator, instance=instance, mode="batch", max_ttl=600
    ) as session:
        job = submit(session_id=session["id"])
        told = legacy_runtime.sessions.extended(session["id"])
        assert (told["mode"], told["max_ttl"], told["jobs"]) == ("batch", 600, [job])
    assert legacy_runtime.sessions.get(session["id"])["accepting_jobs"] is False
    legacy_runtime.sessions.close(session["id"])


def test_an_unknown_session_is_not_found(legacy_runtime: LegacyRuntime) -> None:
    sessions = legacy_runtime.sessions
    for ask in (
        lambda: sessions.get("no-such-session"),
        lambda: sessions.extended("no-such-session"),
        lambda: sessions.update("no-such-session", accepting_jobs=False),
        lambda: sessions.close("no-such-session"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_session_is_not_opened_or_changed_with_less_than_is_needed(
    user: httpx.Client, opened: str
) -> None:
    assert user.post("/sessions", json={}).status_code == 400
    assert user.patch(f"/sessions/{opened}", json={}).status_code == 400
