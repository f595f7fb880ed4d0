"""The main path of the classic client when it is awaited."""

from __future__ import annotations

import pytest

from contract_tests.conftest import QASM
from dryshot.targets import Target
from dryshot_client import AsyncLegacyRuntime, JobFailed, NotFound

pytestmark = [pytest.mark.anyio, pytest.mark.costs(2)]


@pytest.fixture
def async_legacy_runtime(dryshot_target: Target) -> AsyncLegacyRuntime:
    """The classic client, to be opened by the test that uses it."""
    return AsyncLegacyRuntime(
        api_token=dryshot_target.api_token,
        auth_url=dryshot_target.auth_url,
        runtime_url=dryshot_target.runtime_url,
        transport=dryshot_target.async_transport,
        sleep=dryshot_target.async_sleep,
    )


async def test_a_job_runs_is_read_and_removed(
    async_legacy_runtime: AsyncLegacyRuntime, simulator: str
) -> None:
    async with async_legacy_runtime as runtime:
        assert simulator in await runtime.backends.list()
        params = {"circuits": [QASM]}
        created = await runtime.jobs.create(program="sampler", backend=simulator, params=params)
        job_id = created["id"]
        job = await runtime.jobs.wait(job_id, timeout=600)
        assert job["state"]["status"] == "Completed"
        assert (await runtime.jobs.results(job_id))["quasi_dists"] == [{"1": 1.0}]
        await runtime.jobs.delete(job_id)
        with pytest.raises(NotFound):
            await runtime.jobs.get(job_id)
        await runtime.log_out()
        assert (await runtime.programs.get("sampler"))["id"] == "sampler"


async def test_jobs_are_iterated_over_all_pages(
    async_legacy_runtime: AsyncLegacyRuntime, simulator: str
) -> None:
    async with async_legacy_runtime as runtime:
        made = []
        for _ in range(3):
            job = await runtime.jobs.create(
                program="sampler",
                backend=simulator,
                params={"circuits": [QASM]},
                tags=["dryshot-awaited"],
            )
            made.append(job["id"])
        jobs = runtime.jobs.list(tags=["dryshot-awaited"], page_size=2)
        assert [job["id"] async for job in jobs if job["id"] in made] == made[::-1]
        for job_id in made:
            await runtime.jobs.delete(job_id)


async def test_a_failed_job_raises_where_it_is_awaited(
    async_legacy_runtime: AsyncLegacyRuntime, simulator: str
) -> None:
    async with async_legacy_runtime as runtime:
        params = {"circuits": ["OPENQASM 3; nonsense"]}
        job = await runtime.jobs.create(program="sampler", backend=simulator, params=params)
        assert (await runtime.jobs.wait(job["id"], timeout=600))["state"]["status"] == "Failed"
        with pytest.raises(JobFailed):
            await runtime.jobs.results(job["id"])
        await runtime.jobs.delete(job["id"])
