"""The same with the asynchronous client, and with the classic ones."""

from collections.abc import AsyncIterator
from typing import assert_type

from dryshot_client import (
    AsyncLegacyRuntime,
    AsyncRuntime,
    IamAuth,
    LegacyRuntime,
    Progress,
    RetryPolicy,
    SamplerResult,
    read_sampler_result,
)
from dryshot_client.drivers import AsyncDriver
from dryshot_client.legacy.account_shapes import Usage
from dryshot_client.legacy.session_shapes import CreatedSession, ExtendedSession
from dryshot_client.legacy.session_shapes import Workload as ClassicWorkload
from dryshot_client.platform.models import Backend, Job, Session, Workload
from dryshot_client.platform.primitives import SamplerJob

QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'


def show(progress: Progress) -> str:
    """Tell how far a job is."""
    return f"{progress.job.state.status} {progress.elapsed:.0f} s {progress.queue_length}"


async def run(runtime: AsyncRuntime) -> list[str]:
    """Read and run."""
    assert_type(await runtime.backends.list(), list[Backend])
    assert_type(await runtime.jobs.get("j"), Job)
    assert_type(runtime.jobs.list(), AsyncIterator[Job])
    assert_type(await runtime.jobs.wait("j", progress=show, cancel_on_timeout=True), Job)
    assert_type(await runtime.jobs.wait_all(["j", "k"], interval=1.0), list[Job])
    async for workload in runtime.workloads.list(mode="batch", sort="-createdAt"):
        assert_type(workload, Workload)
    async with runtime.sessions.open(backend="ibm_fez") as session:
        assert_type(session, Session)
        job = await runtime.sampler("ibm_fez", [QASM], shots=10, session_id=session.id)
    assert_type(job, SamplerJob[AsyncDriver])
    result = await job.result()
    assert_type(result, SamplerResult)
    assert_type(read_sampler_result(await runtime.jobs.results(job.id)), SamplerResult)
    return result[0].bitstrings()


def make() -> tuple[AsyncRuntime, LegacyRuntime, AsyncLegacyRuntime]:
    """Clients with many settings."""
    auth = IamAuth("key", iam_url="https://iam.example.org", retries=RetryPolicy(limit=5))
    return (
        AsyncRuntime(auth=auth, instance="name", timeout=None, retries=0),
        LegacyRuntime(api_token="token"),
        AsyncLegacyRuntime(api_token="token", instance="hub/group/project"),
    )


async def look_back(runtime: AsyncLegacyRuntime) -> list[str]:
    """The classic client, awaited."""
    assert_type(await runtime.instances.usage(), Usage)
    async with runtime.sessions.open(backend="b", instance="h/g/p", max_ttl=60) as session:
        assert_type(session, CreatedSession)
    extended = await runtime.sessions.extended(session["id"])
    assert_type(extended, ExtendedSession)
    assert_type(runtime.workloads.list(mode="batch"), AsyncIterator[ClassicWorkload])
    return extended.get("jobs", [])
