"""Arguments that are wrong are refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.client.platform.stage import PARAMS, Network, Scripted, answer

MakeScripted = Callable[..., Scripted]
Action = Callable[[Any], Any]

NAIVE = datetime(2026, 4, 15)  # noqa: DTZ001 - that is what is wrong with it
LOOP: dict[str, Any] = {}
LOOP["self"] = LOOP


def create(**settings: Any) -> Action:
    """Submit a job with these settings."""
    common = {"program": "sampler", "backend": "ibm_fez", "params": PARAMS}
    return lambda runtime: runtime.jobs.create(**common | settings)


def jobs(**filters: Any) -> Action:
    """List jobs."""
    return lambda runtime: runtime.jobs.list(**filters)


def workloads(**filters: Any) -> Action:
    """List workloads."""
    return lambda runtime: runtime.workloads.list(**filters)


def session(**settings: Any) -> Action:
    """Create a session."""
    return lambda runtime: runtime.sessions.create(**{"backend": "b"} | settings)


def opened(**settings: Any) -> Action:
    """Make ready to open a session."""
    return lambda runtime: runtime.sessions.open(**{"backend": "b"} | settings)


def usage(**only: Any) -> Action:
    """Count usage."""
    return lambda runtime: runtime.analytics.usage(**only)


WRONG: list[tuple[Action, type[Exception], str]] = [
    (create(program=""), ValueError, "program is empty"),
    (create(program=None), TypeError, "program is NoneType, not text"),
    (create(program="x" * 10001), ValueError, "program has 10001 characters; 10000 is the most"),
    (create(backend=5), TypeError, "backend is int, not text"),
    (create(backend="\ud800"), ValueError, r"backend '\\ud800' is no text that can be sent"),
    (create(params=[1]), TypeError, "params is list, not a mapping"),
    (create(params={"a": object()}), TypeError, "params cannot be written as JSON"),
    (create(params={"a": {1, 2}}), TypeError, "params cannot be written as JSON"),
    (create(params={(1, 2): 3}), TypeError, "params cannot be written as JSON"),
    (create(params={"a": float("nan")}), ValueError, "params cannot be written as JSON"),
    (create(params={"a": [float("inf")]}), ValueError, "params cannot be written as JSON"),
    (create(params=LOOP), ValueError, "params cannot be written as JSON"),
    (create(tags="abc"), TypeError, "tags is one text; it has to be a list"),
    (create(tags=b"abc"), TypeError, "tags is one text"),
    (create(tags=5), TypeError, "tags is int, not a list of texts"),
    (create(tags=["a", 5]), TypeError, r"tags\[1\] is int"),
    (create(tags=["x"] * 9), ValueError, "tags are 9; 8 is the most"),
    (create(tags=["x" * 87]), ValueError, r"tags\[0\] has 87 characters; 86 is the most"),
    (create(tags=["x"] * 8, resubmit=True), ValueError, "tags are 8; resubmit needs room"),
    (create(session_id=""), ValueError, "session_id is empty"),
    (create(session_id="x" * 37), ValueError, "session_id has 37 characters"),
    (create(cost=-1), ValueError, "cost is -1; it cannot be negative"),
    (create(cost=1.5), TypeError, "cost is float, not a whole number"),
    (create(cost=True), TypeError, "cost is bool"),
    (create(log_level="loud"), ValueError, "log_level 'loud' is none of 'critical'"),
    (create(log_level=5), TypeError, "log_level is int"),
    (create(private="yes"), TypeError, "private is str, not a bool"),
    (create(calibration_id="x" * 101), ValueError, "calibration_id has 101 characters"),
    (create(runtime="image"), ValueError, "runtime 'image' is not an image's name"),
    (create(runtime=":tag"), ValueError, "runtime ':tag'"),
    (create(remote_storage="cos"), TypeError, "remote_storage is str, not a mapping"),
    (create(parent_job_id="a\nb"), ValueError, r"parent_job_id 'a\\nb' is not printable"),
    (create(parent_job_id="é"), ValueError, "parent_job_id 'é' is not printable"),
    (create(parent_job_id=5), TypeError, "parent_job_id is int"),
    (lambda runtime: runtime.jobs.get(""), ValueError, "job_id '' names nothing"),
    (lambda runtime: runtime.jobs.get(".."), ValueError, "job_id '..' names nothing"),
    (lambda runtime: runtime.jobs.get(5), TypeError, "job_id is int"),
    (lambda runtime: runtime.jobs.get("j", exclude_params=1), TypeError, "exclude_params is int"),
    (lambda runtime: runtime.jobs.results(""), ValueError, "job_id"),
    (lambda runtime: runtime.jobs.logs("."), ValueError, "job_id"),
    (lambda runtime: runtime.jobs.metrics(None), TypeError, "job_id"),
    (lambda runtime: runtime.jobs.delete(""), ValueError, "job_id"),
    (lambda runtime: runtime.jobs.cancel(""), ValueError, "job_id"),
    (
        lambda runtime: runtime.jobs.cancel("j", parent_job_id=" x"),
        ValueError,
        "parent_job_id ' x' is not printable",
    ),
    (lambda runtime: runtime.jobs.tags("j", None), TypeError, "tags is None"),
    (lambda runtime: runtime.jobs.tags("j", "abc"), TypeError, "tags is one text"),
    (lambda runtime: runtime.jobs.tags("j", ["x"] * 9), ValueError, "tags are 9"),
    (lambda runtime: runtime.jobs.wait("j", timeout=-1), ValueError, "timeout is -1"),
    (lambda runtime: runtime.jobs.wait("j", timeout="1"), TypeError, "timeout is str"),
    (lambda runtime: runtime.jobs.wait("j", interval=float("nan")), ValueError, "interval is nan"),
    (lambda runtime: runtime.jobs.wait_all("abc"), TypeError, "job_ids is one text"),
    (jobs(limit=-1), ValueError, "limit is -1; it cannot be negative"),
    (jobs(limit="5"), TypeError, "limit is str"),
    (jobs(page_size=0), ValueError, "page_size is 0; 1 is the least"),
    (jobs(page_size=201), ValueError, "page_size is 201; 200 is the most"),
    (jobs(pending="yes"), TypeError, "pending is str, not a bool"),
    (jobs(program="x" * 64), ValueError, "program has 64 characters"),
    (jobs(backend="x" * 101), ValueError, "backend has 101 characters"),
    (jobs(session_id="x" * 1001), ValueError, "session_id has 1001 characters"),
    (jobs(sort="asc"), ValueError, "sort 'asc' is none of 'ASC', 'DESC'"),
    (jobs(tags=["x"] * 9), ValueError, "tags are 9"),
    (jobs(created_after=NAIVE), ValueError, "created_after 2026-04-15T00:00:00 has no time zone"),
    (jobs(created_before=date(2026, 1, 1)), TypeError, "created_before is date, not a datetime"),
    (
        jobs(created_after=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
        ValueError,
        "created_after 0001-01-01T00:00:00.05:00 cannot be told in UTC",
    ),
    (jobs(exclude_params=0), TypeError, "exclude_params is int"),
    (jobs(include_mocks="no"), TypeError, "include_mocks is str"),
    (workloads(limit=-1), ValueError, "limit is -1"),
    (workloads(page_size=51), ValueError, "page_size is 51; 50 is the most"),
    (workloads(mine="me"), TypeError, "mine is str"),
    (workloads(mode="jobs"), ValueError, "mode 'jobs' is none of 'job'"),
    (workloads(status="failed"), TypeError, "status is one text"),
    (workloads(status=["failed", "done"]), ValueError, r"status\[1\] 'done' is none of"),
    (workloads(backend=""), ValueError, "backend is empty"),
    (workloads(search=""), ValueError, "search is empty"),
    (workloads(tags="a"), TypeError, "tags is one text"),
    (workloads(sort="created"), ValueError, "sort 'created' is none of"),
    (workloads(created_after=NAIVE), ValueError, "created_after"),
    (workloads(created_before=""), ValueError, "created_before is empty"),
    (workloads(include_mocks=1), TypeError, "include_mocks is int"),
    (lambda runtime: runtime.backends.get(""), ValueError, "name is empty"),
    (lambda runtime: runtime.backends.status(""), ValueError, "name is empty"),
    (lambda runtime: runtime.backends.status(".."), ValueError, "name '..' names nothing"),
    (lambda runtime: runtime.backends.configuration(5), TypeError, "name is int"),
    (lambda runtime: runtime.backends.defaults(None), TypeError, "name is NoneType"),
    (
        lambda runtime: runtime.backends.configuration("b", calibration_id=""),
        ValueError,
        "calibration_id is empty",
    ),
    (
        lambda runtime: runtime.backends.properties("b", updated_before=NAIVE),
        ValueError,
        "updated_before",
    ),
    (lambda runtime: runtime.backends.list(wait_times=1), TypeError, "wait_times is int"),
    (lambda runtime: runtime.backends.list(include_mocks=1), TypeError, "include_mocks is int"),
    (lambda runtime: runtime.tags.list("ab"), ValueError, "search 'ab' has fewer than 3"),
    (lambda runtime: runtime.tags.list("x" * 101), ValueError, "search has 101 characters"),
    (lambda runtime: runtime.sessions.get(""), ValueError, "session_id '' names nothing"),
    (lambda runtime: runtime.sessions.close(5), TypeError, "session_id is int"),
    (
        lambda runtime: runtime.sessions.update("s", accepting_jobs=None),
        TypeError,
        "accepting_jobs is NoneType, not a bool",
    ),
    *[
        case
        for make in (session, opened)
        for case in (
            (make(backend=""), ValueError, "backend is empty"),
            (make(backend="x" * 1001), ValueError, "backend has 1001 characters"),
            (make(mode="interactive"), ValueError, "mode 'interactive' is none of 'batch'"),
            (make(mode=None), TypeError, "mode is NoneType"),
            (make(max_ttl=0), ValueError, "max_ttl is 0; 1 is the least"),
            (make(max_ttl="1h"), TypeError, "max_ttl is str"),
        )
    ],
    (
        lambda runtime: runtime.instances.configure(instance_limit=0),
        ValueError,
        "instance_limit is 0; 1 is the least",
    ),
    (
        lambda runtime: runtime.instances.configure(instance_limit=1.5),
        TypeError,
        "instance_limit is float",
    ),
    (lambda runtime: runtime.accounts.get("a/b"), ValueError, "account_id 'a/b' has more to it"),
    (lambda runtime: runtime.accounts.get(""), ValueError, "account_id is empty"),
    (lambda runtime: runtime.accounts.get(plan_id="x" * 65), ValueError, "plan_id has 65"),
    (usage(instance="crn"), TypeError, "instance is one text"),
    (usage(plan=[""]), ValueError, r"plan\[0\] is empty"),
    (usage(simulators=1), TypeError, "simulators is int"),
    (usage(interval_start=NAIVE), ValueError, "interval_start"),
    (usage(colour="red"), TypeError, "usage cannot be filtered by colour"),
    (
        lambda runtime: runtime.analytics.usage_grouped("colour"),
        ValueError,
        "group_by 'colour' is none of",
    ),
    (lambda runtime: runtime.analytics.usage_grouped(None), TypeError, "group_by is NoneType"),
    (lambda runtime: runtime.analytics.filters(instance="crn"), TypeError, "instance is one text"),
]


@pytest.mark.parametrize(("action", "wrong", "words"), WRONG, ids=[words for *_, words in WRONG])
def test_a_wrong_argument_is_named_before_anything_is_sent(
    scripted: MakeScripted, action: Action, wrong: type[Exception], words: str
) -> None:
    network = Network(answer({}))
    with pytest.raises(wrong, match=words):
        scripted(network, instance="looked up").do(action)
    assert network.requests == []
