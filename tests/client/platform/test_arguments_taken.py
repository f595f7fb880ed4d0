"""Arguments that the service would take are taken, and sent as they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dryshot_client import NotFound
from dryshot_client.platform.models import (
    AnalyticsBy,
    LogLevel,
    Sort,
    WorkloadMode,
    WorkloadSort,
    WorkloadStatus,
)
from tests.client.platform.stage import PARAMS, Network, OnMock, Scripted, answer
from tests.client.platform.test_arguments import create, jobs, session, workloads

MakeScripted = Callable[..., Scripted]


@cache
def mocked() -> OnMock:
    """A mock that remembers what it was sent, for all examples alike."""
    return OnMock("sync")


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of any characters that can be sent."""
    alphabet = st.characters(exclude_categories=["Cs"])
    return st.text(alphabet, min_size=least, max_size=min(most, 40)) | st.just("x" * most)


def maybe(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these arguments, or none."""
    return st.fixed_dictionaries({}, optional=strategies)


INSTANTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - the zone is the next argument
    datetime(2900, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11, minutes=-30))]),
)
TAGS = st.lists(texts(0, 86), max_size=8)
plainly = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@plainly
@given(
    settings_=maybe(
        tags=TAGS,
        cost=st.integers(0, 20000),
        log_level=st.sampled_from(get_args(LogLevel)).flatmap(
            lambda word: st.sampled_from([word, word.upper()])
        ),
        private=st.booleans(),
        calibration_id=texts(1, 100),
        runtime=st.sampled_from(["image:tag", "registry/image:1.0", "a:b:c"]),
    )
)
def test_no_job_is_refused_that_the_service_would_take(settings_: dict[str, Any]) -> None:
    assert mocked().do(create(**settings_)).id


@plainly
@given(
    filters=maybe(
        limit=st.integers(0, 500),
        page_size=st.integers(1, 200),
        pending=st.booleans(),
        program=texts(1, 63),
        backend=texts(1, 100),
        created_after=INSTANTS,
        created_before=INSTANTS,
        sort=st.sampled_from(get_args(Sort)),
        tags=TAGS,
        session_id=texts(1, 1000),
        exclude_params=st.booleans(),
        include_mocks=st.booleans(),
    )
)
def test_no_filter_of_jobs_is_refused_that_the_service_would_take(filters: dict[str, Any]) -> None:
    assert isinstance(mocked().do(jobs(**filters)), list)


@plainly
@given(
    filters=maybe(
        limit=st.integers(0, 60),
        page_size=st.integers(1, 50),
        mine=st.booleans(),
        mode=st.sampled_from(get_args(WorkloadMode)),
        status=st.lists(st.sampled_from(get_args(WorkloadStatus)), max_size=5),
        backend=texts(1, 200),
        search=texts(1, 200),
        tags=st.lists(texts(0, 100), max_size=10),
        created_after=INSTANTS,
        created_before=INSTANTS,
        sort=st.sampled_from(get_args(WorkloadSort)),
        include_mocks=st.booleans(),
    )
)
def test_no_filter_of_workloads_is_refused_that_the_service_would_take(
    filters: dict[str, Any],
) -> None:
    assert isinstance(mocked().do(workloads(**filters)), list)


@plainly
@given(
    only=maybe(
        instance=st.lists(texts(1, 1000), max_size=3),
        backend=st.lists(texts(1, 500), max_size=3),
        user_id=st.lists(texts(1, 500), max_size=3),
        plan=st.lists(texts(1, 500), max_size=3),
        subscription_id=st.lists(st.uuids().map(str), max_size=3),
        simulators=st.booleans(),
    ),
    group_by=st.sampled_from(get_args(AnalyticsBy)),
)
def test_no_filter_of_usage_is_refused_that_the_service_would_take(
    only: dict[str, Any], group_by: str
) -> None:
    play = mocked()
    assert play.do(lambda runtime: runtime.analytics.usage(**only)).raw
    groups = play.do(lambda runtime: runtime.analytics.usage_grouped(group_by, **only))
    assert isinstance(groups, list)


@plainly
@given(mode=st.sampled_from(["batch", "dedicated"]), ttl=st.none() | st.integers(1, 10**9))
def test_no_session_is_refused_that_the_service_would_take(mode: str, ttl: int | None) -> None:
    made = mocked().do(session(backend="ibm_fez", mode=mode, max_ttl=ttl))
    assert made.max_ttl == min(ttl or 28800, 28800)


@plainly
@given(name=texts(1, 500), id_=texts(1, 1000))
def test_names_and_ids_of_any_text_are_asked_for(name: str, id_: str) -> None:
    play = mocked()
    for place, action in (
        (name, lambda runtime: runtime.backends.status(name)),
        (id_, lambda runtime: runtime.jobs.get(id_)),
        (name, lambda runtime: runtime.sessions.get(name)),
    ):
        if place in {".", ".."}:
            continue
        with pytest.raises(NotFound):
            play.do(action)


@plainly
@given(limit=st.none() | st.integers(1, 10**6), search=texts(3, 100))
def test_limits_and_searches_are_taken(limit: int | None, search: str) -> None:
    play = mocked()
    play.do(lambda runtime: runtime.instances.configure(instance_limit=limit and limit + 10**6))
    assert isinstance(play.do(lambda runtime: runtime.tags.list(search)), list)


def test_a_list_may_be_any_collection(scripted: MakeScripted) -> None:
    network = Network(answer({"id": "j1", "backend": "b"}))
    play = scripted(network)
    for tags in (("a",), {"a"}, {"a": 1}.keys(), ["a"]):
        play.do(create(tags=tags))
        assert network.body()["tags"] == ["a"]


def test_what_is_left_out_is_not_sent(scripted: MakeScripted) -> None:
    network = Network(answer({"id": "j1", "backend": "b"}))
    play = scripted(network)
    play.do(lambda runtime: runtime.jobs.create(program="calibrate", backend="b"))
    assert network.body() == {"program_id": "calibrate", "backend": "b"}
    play.do(create(session_id=str(uuid.UUID(int=1)), private=False, cost=0, tags=[]))
    assert network.body() == {
        "program_id": "sampler",
        "backend": "ibm_fez",
        "params": PARAMS,
        "tags": [],
        "session_id": "00000000-0000-0000-0000-000000000001",
        "cost": 0,
        "private": False,
    }
