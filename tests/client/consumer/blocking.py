"""A program that uses the client; type checkers read it as a user's own."""

from collections.abc import Iterator
from typing import assert_type

from dryshot_client import (
    EstimatorResult,
    JobFailed,
    LegacyRuntime,
    RateLimited,
    Runtime,
    RuntimeApiError,
    SamplerResult,
)
from dryshot_client.drivers import SyncDriver
from dryshot_client.legacy.account_shapes import Hub, User
from dryshot_client.legacy.session_shapes import CreatedSession, FacadeJob, JobKind
from dryshot_client.legacy.session_shapes import Workload as ClassicWorkload
from dryshot_client.legacy.shapes import CreatedJob as CreatedClassicJob
from dryshot_client.legacy.shapes import Program
from dryshot_client.platform.models import (
    Account,
    AnalyticsDays,
    AnalyticsFilters,
    AnalyticsGroup,
    AnalyticsUsage,
    Backend,
    BackendConfiguration,
    BackendProperties,
    BackendStatus,
    CreatedJob,
    FoundInstance,
    Instance,
    InstanceConfiguration,
    InstanceUsage,
    Job,
    JobMetrics,
    Session,
    Version,
    Workload,
)
from dryshot_client.platform.primitives import EstimatorJob, SamplerJob

QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'


def read(runtime: Runtime) -> None:
    """Everything that reads."""
    assert_type(runtime.backends.list(wait_times=True), list[Backend])
    assert_type(runtime.backends.get("ibm_fez"), Backend)
    assert_type(runtime.backends.configuration("ibm_fez"), BackendConfiguration)
    assert_type(runtime.backends.properties("ibm_fez"), BackendProperties | None)
    assert_type(runtime.backends.status("ibm_fez"), BackendStatus)
    assert_type(runtime.jobs.get("j", exclude_params=True), Job)
    assert_type(runtime.jobs.list(limit=1, tags=["t"]), Iterator[Job])
    assert_type(runtime.jobs.wait("j", timeout=1, progress=True), Job)
    assert_type(runtime.jobs.wait_all(["j"]), list[Job])
    assert_type(runtime.jobs.metrics("j"), JobMetrics)
    assert_type(runtime.jobs.logs("j"), str)
    assert_type(runtime.sessions.get("s"), Session)
    assert_type(runtime.instances.list(), list[FoundInstance])
    assert_type(runtime.instances.get(), Instance)
    assert_type(runtime.instances.usage(), InstanceUsage)
    assert_type(runtime.instances.configuration(), InstanceConfiguration)
    assert_type(runtime.workloads.list(status=["failed"]), Iterator[Workload])
    assert_type(runtime.tags.list("tag"), list[str])
    assert_type(runtime.versions.list(), list[Version])
    assert_type(runtime.accounts.get(), Account)
    assert_type(runtime.analytics.usage(backend=["ibm_fez"]), AnalyticsUsage)
    assert_type(runtime.analytics.usage_grouped("plan"), list[AnalyticsGroup])
    assert_type(runtime.analytics.usage_grouped_by_date(), AnalyticsDays)
    assert_type(runtime.analytics.filters(), AnalyticsFilters)


def run(runtime: Runtime) -> dict[str, int]:
    """Everything that runs circuits."""
    assert_type(runtime.jobs.create(program="sampler", backend="b", params={}), CreatedJob)
    with runtime.sessions.open(backend="ibm_fez", mode="batch", max_ttl=60) as session:
        assert_type(session, Session)
        job = runtime.sampler("ibm_fez", QASM, shots=10, session_id=session.id)
    assert_type(job, SamplerJob[SyncDriver])
    result = job.result(timeout=60)
    assert_type(result, SamplerResult)
    values = runtime.estimator("ibm_fez", [QASM], "Z", precision=0.1)
    assert_type(values, EstimatorJob[SyncDriver])
    assert_type(values.result(), EstimatorResult)
    runtime.estimator("ibm_fez", QASM, [["Z", "X"], ["I", "Y"]]).result()[0].evs[0][1].is_integer()
    try:
        runtime.jobs.cancel(job.id)
        runtime.jobs.tags(job.id, [])
        runtime.jobs.delete(job.id)
        runtime.sessions.update("s", accepting_jobs=False)
        runtime.sessions.close("s")
        runtime.instances.configure(instance_limit=None)
    except RateLimited as error:
        assert_type(error.retry_after, float | None)
    except RuntimeApiError as error:
        assert_type(error.status, int)
    except JobFailed as error:
        assert_type(error.reason, str | None)
    return result[0].counts()


def look_back(runtime: LegacyRuntime) -> str:
    """Everything that the classic client has besides."""
    assert_type(runtime.programs.upload(name="mine", data="pass", spec={}), Program)
    assert_type(runtime.programs.list(mine=True), list[Program])
    job = runtime.jobs.create(program="sampler", backend="b", params={}, tags=["t"])
    assert_type(job, CreatedClassicJob)
    with runtime.sessions.open(backend="b", mode="batch") as session:
        assert_type(session, CreatedSession)
        runtime.facade.create(program="sampler", backend="b", session_id=session["id"])
    assert_type(runtime.facade.list(limit=1, backend=["b"]), Iterator[FacadeJob])
    assert_type(runtime.facade.job_type("j"), JobKind)
    assert_type(runtime.workloads.list(sort="ASC"), Iterator[ClassicWorkload])
    assert_type(runtime.instances.hubs(), list[Hub])
    assert_type(runtime.account.user(), User)
    figures = runtime.analytics.usage_grouped("instance", backend=["b"])
    return figures[0]["key"] if runtime.account.validate() else job["id"]
