from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dryshot import Mock
from dryshot.world import Submission
from tests.conformance.stage import TOKEN, asked, connect, constant

pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")

JOBS = 250


def ids(jobs: list[Any]) -> list[str]:
    return [job.job_id() for job in jobs]


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[Mock, Any, list[str]]]:
    """A service with many jobs, and their ids in the order of their making."""
    with Mock(engine=constant).activate() as mock:
        service = connect(instance="premium-instance")
        platform = mock.world.platform
        account = platform.authenticate_key(TOKEN)
        instance = platform.instance(account, service.active_instance())
        job = Submission("sampler", "ibm_fez", {}, instance.crn)
        yield (
            mock,
            service,
            [platform.submit(account, instance, job).id for _ in range(JOBS)],
        )


def test_all_jobs_are_listed_page_by_page(many: Any) -> None:
    mock, service, made = many
    before = len(mock.journal)
    assert ids(service.jobs(limit=None)) == made[::-1]
    assert asked(mock, before).count("list_jobs") == 13


def test_ten_jobs_are_listed_if_nothing_is_said(many: Any) -> None:
    _, service, made = many
    assert ids(service.jobs()) == made[:-11:-1]


def test_more_are_listed_than_a_page_can_hold(many: Any) -> None:
    mock, service, made = many
    before = len(mock.journal)
    assert ids(service.jobs(limit=230)) == made[:-231:-1]
    assert asked(mock, before).count("list_jobs") == 2


@pytest.mark.parametrize(("limit", "skip"), [(7, 3), (20, 240), (5, JOBS), (None, 220)])
def test_a_part_is_listed(many: Any, limit: int | None, skip: int) -> None:
    _, service, made = many
    end = None if limit is None else skip + limit
    assert ids(service.jobs(limit=limit, skip=skip)) == made[::-1][skip:end]


def test_the_oldest_may_come_first(many: Any) -> None:
    _, service, made = many
    assert ids(service.jobs(limit=30, descending=False)) == made[:30]
