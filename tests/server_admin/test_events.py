from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dryshot.journal import Journal
from dryshot.server.admin import Admin
from dryshot.server.admin.events import Streams, TooMany
from dryshot.server.admin.feed import Cursor, Tenants
from tests.server_admin.rooms import Pair, classic, submit


def events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """Each event with its id, and each heartbeat as one without a name."""
    event: dict[str, Any] = {}
    for line in answer.iter_lines():
        if not line:
            yield event
            event = {}
        elif line.startswith(":"):
            event["heartbeat"] = line
        else:
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value


def wait_for(found: Iterator[dict[str, Any]], name: str, **fields: Any) -> dict[str, Any]:
    return next(
        one for one in found if one.get("event") == name and fields.items() <= one["data"].items()
    )


def listen(api: httpx.Client, tenant: str = "alice", last: str | None = None) -> Any:
    headers = {} if last is None else {"Last-Event-ID": last}
    return api.stream("GET", "/events", params={"tenant": tenant}, headers=headers)


def test_requests_jobs_and_the_clock_are_told_while_they_happen(
    api: httpx.Client, tenancy: Pair
) -> None:
    with listen(api) as answer, tenancy.client("alice") as http:
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = events(answer)
        assert next(found)["event"] == "hello"
        headers = classic(http)
        job = submit(http, headers).json()["id"]
        told = wait_for(found, "exchange", operation="create_job")
        assert told["data"]["status"] == 200
        assert wait_for(found, "job", id=job)["data"]["status"] == "Queued"
        api.post("/tenants/alice/clock/advance", json={"seconds": 60})
        assert wait_for(found, "job", id=job, status="Completed")["data"]["ended"]
        api.post("/tenants/alice/clock/freeze")
        assert wait_for(found, "clock", frozen=True)


def test_another_tenants_requests_are_not_told(api: httpx.Client, tenancy: Pair) -> None:
    with listen(api, "alice") as answer:
        found = events(answer)
        next(found)
        with tenancy.client("bob") as http:
            submit(http, classic(http), tags=["of bob"])
        with tenancy.client("alice") as http:
            classic(http)
        assert wait_for(found, "exchange")["data"]["operation"] == "login_with_token"
        assert tenancy.mock("alice").journal.last == 1


def test_a_listener_goes_on_where_it_was_left(api: httpx.Client, tenancy: Pair) -> None:
    with tenancy.client("alice") as http:
        with listen(api) as answer:
            found = events(answer)
            next(found)
            classic(http)
            last = wait_for(found, "exchange")["id"]
        for _ in range(3):
            classic(http)
    with listen(api, last=last) as answer:
        found = events(answer)
        told = [wait_for(found, "exchange")["data"]["sequence"] for _ in range(3)]
    assert told == [2, 3, 4]
    with listen(api, last="elsewhere-99") as answer:
        assert wait_for(events(answer), "exchange")["data"]["sequence"] == 1


def test_a_quiet_stream_has_a_heartbeat(api: httpx.Client) -> None:
    with listen(api) as answer:
        assert next(one for one in events(answer) if "heartbeat" in one)


def test_a_reset_is_told_and_ends_the_stream(api: httpx.Client, tenancy: Pair) -> None:
    with listen(api) as answer:
        found = events(answer)
        next(found)
        tenancy.reset("alice")
        assert wait_for(found, "reset")["data"] == {"tenant": "alice"}
        assert list(found) == []


def test_streams_end_when_the_server_is_to_stop(api: httpx.Client, admin: Admin) -> None:
    with listen(api) as answer:
        found = events(answer)
        next(found)
        admin.close()
        for _ in found:
            pass
    with listen(api) as answer:
        assert [one["event"] for one in events(answer)] == ["hello", "clock"]


def test_a_listener_that_left_is_forgotten(api: httpx.Client, admin: Admin, tenancy: Pair) -> None:
    gone = threading.Event()
    with listen(api) as answer:
        found = events(answer)
        next(found)
        assert len(admin.streams) == 1
    for _ in range(500):  # the server notices in its own time
        if not len(admin.streams):
            break
        gone.wait(0.01)
    assert len(admin.streams) == 0
    with tenancy.client("alice") as http:
        classic(http)


@pytest.mark.parametrize("query", ["", "?tenant=carol"])
def test_a_tenant_that_is_none_is_refused(api: httpx.Client, query: str) -> None:
    assert api.get(f"/events{query}").status_code == 404
    assert api.post("/events?tenant=alice").status_code == 405


def test_there_are_only_so_many_listeners() -> None:
    async def run() -> None:
        streams = Streams(Tenants(Pair()), most=2)
        held = [streams.stream("alice", None) for _ in range(3)]
        await anext(held[0])
        await anext(held[1])
        with pytest.raises(TooMany):
            await anext(held[2])
        for one in held:
            await one.aclose()  # type: ignore[attr-defined] # they are generators
        assert len(streams) == 0

    asyncio.run(run())


def test_who_is_far_behind_is_told_how_much_was_passed_over() -> None:
    pair = Pair("alice")
    pair.mock("alice").journal = journal = Journal(5)
    pair.mock("alice")._service._journal = journal  # noqa: SLF001 - a small one, to be soon full
    cursor = Cursor(Tenants(pair).get("alice"), 0)
    with pair.client("alice") as http:
        for _ in range(12):
            classic(http)
    told = [(name, value) for name, value in cursor.news() if name in ("dropped", "exchange")]
    assert told[0] == ("dropped", {"count": 7})
    assert [value["sequence"] for _, value in told[1:]] == [8, 9, 10, 11, 12]
    assert [name for name, _ in cursor.news()] == []
