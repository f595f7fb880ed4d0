"""The main paths of the platform's client when they are awaited."""

from __future__ import annotations

import pytest

from contract_tests.platform import BROKEN, PARAMS, QASM
from dryshot_client import AsyncRuntime, JobFailed, NotFound, SessionClosed

DEVICE = "ibm_torino"

pytestmark = [pytest.mark.anyio, pytest.mark.costs(2)]


async def submit(runtime: AsyncRuntime, tags: list[str] | None = None) -> str:
    """The id of a new small job."""
    job = await runtime.jobs.create(program="sampler", backend=DEVICE, params=PARAMS, tags=tags)
    return job.id


async def test_a_device_is_found_and_a_job_is_run_on_it(async_runtime: AsyncRuntime) -> None:
    async with async_runtime as runtime:
        assert DEVICE in [device.name for device in await runtime.backends.list()]
        assert (await runtime.backends.configuration(DEVICE))["n_qubits"] > 100
        job = await runtime.sampler(DEVICE, QASM, shots=100)
        (pub,) = await job.result(timeout=3600)
        assert pub.counts()["1"] > 50
        assert (await runtime.jobs.metrics(job.id)).timestamps.finished is not None
        estimate = await runtime.estimator(
            DEVICE, 'OPENQASM 3.0; include "stdgates.inc"; x $0;', "Z"
        )
        assert (await estimate.result(timeout=3600))[0].evs == pytest.approx(-1, abs=0.2)


async def test_many_jobs_are_awaited_at_once(async_runtime: AsyncRuntime) -> None:
    async with async_runtime as runtime:
        made = [await submit(runtime) for _ in range(4)]
        ended = await runtime.jobs.wait_all(made[::-1], timeout=3600)
        assert [job.id for job in ended] == made[::-1]
        assert {job.status for job in ended} == {"Completed"}


async def test_jobs_and_workloads_are_iterated_over_all_pages(async_runtime: AsyncRuntime) -> None:
    tags = ["dryshot-awaited"]
    async with async_runtime as runtime:
        made = [await submit(runtime, tags) for _ in range(5)]
        jobs = [job.id async for job in runtime.jobs.list(tags=tags, page_size=2)]
        assert jobs[:5] == made[::-1]
        workloads = [one.id async for one in runtime.workloads.list(tags=tags, page_size=2)]
        assert workloads[-5:] == made
        newest = runtime.workloads.list(tags=tags, sort="-createdAt", limit=1)
        assert [one.id async for one in newest] == made[-1:]


async def test_a_session_is_a_block(async_runtime: AsyncRuntime) -> None:
    async with async_runtime as runtime:
        async with runtime.sessions.open(backend=DEVICE, mode="batch") as session:
            job = await runtime.sampler(DEVICE, QASM, session_id=session.id)
        assert await job.result(timeout=3600)
        assert (await runtime.sessions.get(session.id)).accepting_jobs is False
        with pytest.raises(SessionClosed):
            await runtime.sampler(DEVICE, QASM, session_id=session.id)


async def test_failures_are_raised_where_they_are_awaited(async_runtime: AsyncRuntime) -> None:
    async with async_runtime as runtime:
        with pytest.raises(NotFound) as refused:
            await runtime.jobs.get("no-such-job")
        assert refused.value.code == 1291
        job = await runtime.jobs.create(program="sampler", backend=DEVICE, params=BROKEN)
        assert (await runtime.jobs.wait(job.id, timeout=3600)).status == "Failed"
        with pytest.raises(JobFailed):
            await runtime.jobs.results(job.id)


async def test_an_instance_tells_its_usage(async_runtime: AsyncRuntime) -> None:
    async with async_runtime as runtime:
        before = (await runtime.instances.usage()).usage_consumed_seconds
        await runtime.jobs.wait(await submit(runtime), timeout=3600)
        assert (await runtime.instances.usage()).usage_consumed_seconds > before
        assert (await runtime.analytics.usage()).jobs >= 1
        assert (await runtime.accounts.get()).plans
