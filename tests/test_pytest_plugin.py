"""The plugin as a user runs it: files are written, pytest is run, outcomes are counted."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DRYSHOT_LIVE_API_KEY", "DRYSHOT_LIVE_INSTANCE", "DRYSHOT_LIVE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_installing_is_enough(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makepyfile("def test_it(dryshot): assert dryshot.clock")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(code)
    # the entry points of everything else that is installed would cost a second each time
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider")
    return pytester.runpytest_subprocess(*plugins, *options)


def test_the_fixture_stands_in_for_the_services(pytester: pytest.Pytester) -> None:
    code = """
        import httpx, requests
        URL = "https://runtime-us-east.quantum-computing.ibm.com/programs"

        def test_both_libraries(dryshot):
            assert httpx.get(URL).json() == requests.get(URL).json()
            assert len(dryshot.journal) == 2
    """
    run(pytester, code).assert_outcomes(passed=1)


def test_every_test_has_a_mock_of_its_own(pytester: pytest.Pytester) -> None:
    code = """
        import pytest

        @pytest.mark.parametrize("n", range(3))
        def test_it(dryshot, legacy_runtime, n):
            assert not dryshot.world.jobs
            job = legacy_runtime.jobs.create(
                program="sampler", backend="ibm_wellington", params={"circuits": ["bit c;"]}
            )
            assert list(dryshot.world.jobs) == [job["id"]]
    """
    run(pytester, code).assert_outcomes(passed=3)


def test_other_hosts_are_refused_by_name(pytester: pytest.Pytester) -> None:
    code = """
        import httpx, pytest, dryshot as package

        def test_it(dryshot):
            with pytest.raises(package.RefusedHost, match="example.org"):
                httpx.get("https://example.org/")
    """
    run(pytester, code).assert_outcomes(passed=1)


def test_the_marker_makes_the_mock(pytester: pytest.Pytester) -> None:
    code = """
        import pytest
        pytestmark = pytest.mark.dryshot(seed=1, clock="2024-01-01T00:00:00Z")

        @pytest.mark.dryshot(seed=2, engine="stub")
        def test_the_nearest_wins(dryshot):
            assert dryshot.world.seed == 2
            assert dryshot.clock.now().year == 2024
    """
    run(pytester, code).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("dryshot(sead=1)", "has no argument 'sead'; it has seed, clock, engine"),
        ("dryshot(1)", "takes names only"),
    ],
)
def test_a_wrong_marker_is_explained(pytester: pytest.Pytester, marker: str, message: str) -> None:
    code = f"""
        import pytest

        @pytest.mark.{marker}
        def test_it(dryshot):
            pass
    """
    result = run(pytester, code)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{message}*"])


def test_the_client_fixture_runs_a_job(pytester: pytest.Pytester) -> None:
    code = """
        QASM = 'OPENQASM 3; include "stdgates.inc"; qubit q; bit c; x q; c = measure q;'

        def test_it(legacy_runtime):
            job = legacy_runtime.jobs.create(
                program="sampler", backend="ibm_wellington", params={"circuits": [QASM]}
            )
            done = legacy_runtime.jobs.wait(job["id"])
            assert done["state"]["status"] == "Completed"
            quasi_dist = legacy_runtime.jobs.results(job["id"])["quasi_dists"][0]
            assert quasi_dist["1"] > 0.99
    """
    run(pytester, code).assert_outcomes(passed=1)


PLATFORM = """
    import asyncio, pytest, dryshot as package

    QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'

    def test_it(dryshot, runtime):
        (pub,) = runtime.sampler("ibm_fez", QASM, shots=100).result()
        assert pub.counts()["1"] > 50
        assert dryshot.journal

    def test_it_asynchronously(dryshot, async_runtime):
        async def main():
            async with async_runtime as runtime:
                job = await runtime.sampler("ibm_fez", QASM, shots=100)
                return (await job.result())[0].counts()

        assert asyncio.run(main())["1"] > 50
        assert dryshot.journal

    @pytest.mark.dryshot(pace=package.Pace(queue=3600, run=60))
    def test_waiting_moves_the_clock_of_the_mock(dryshot, runtime):
        job = runtime.sampler("ibm_fez", QASM)
        before = dryshot.clock.now()
        assert runtime.jobs.wait(job.id, timeout=7200).status == "Completed"
        assert (dryshot.clock.now() - before).total_seconds() >= 3660

    INSTANCE = package.ServiceInstance.make(
        "lab", account_id="ab" * 16, plan="flex", region="eu-de"
    )

    @pytest.mark.dryshot(accounts=[package.Account("a key", service_instances=[INSTANCE])])
    def test_the_first_declared_account_is_used(dryshot, runtime):
        assert runtime.instances.usage().instance_id == INSTANCE.crn
        assert {each.request.host for each in dryshot.journal} >= {"eu-de.quantum.cloud.ibm.com"}
"""


def test_the_platforms_fixtures_run_jobs(pytester: pytest.Pytester) -> None:
    run(pytester, PLATFORM).assert_outcomes(passed=4)


def test_a_timeout_of_the_classic_client_is_one_of_the_mocks_time(
    pytester: pytest.Pytester,
) -> None:
    code = """
        import pytest, dryshot as package
        from dryshot_client import JobTimeout

        @pytest.mark.dryshot(pace=package.Pace(queue=3600, run=60))
        def test_it(legacy_runtime):
            job = legacy_runtime.jobs.create(
                program="sampler", backend="ibm_wellington", params={"circuits": ["bit c;"]}
            )
            with pytest.raises(JobTimeout):
                legacy_runtime.jobs.wait(job["id"], timeout=60)
    """
    run(pytester, code).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--dryshot-target=live"],
            "needs an API key to log in with, in the variable DRYSHOT_LIVE_API_KEY",
        ),
        (
            ["--dryshot-base-url=http://127.0.0.1:1"],
            "--dryshot-base-url needs --dryshot-target=live",
        ),
        (["--dryshot-max-qpu-seconds=0"], "max-qpu-seconds needs --dryshot-target=live, not mock"),
        (["--dryshot-max-qpu-seconds=-1"], "'-1' is not a number from 0"),
        (["--dryshot-max-submissions=x"], "'x' is not a whole number from 0"),
        (["--dryshot-replay=strict"], "--dryshot-replay needs --dryshot-target=replay, not mock"),
        (["--dryshot-fail-unused"], "--dryshot-fail-unused needs --dryshot-target=replay"),
        (["--dryshot-max-age=0"], "--dryshot-max-age needs --dryshot-target=replay"),
        (["--dryshot-cassettes=x"], "needs --dryshot-target=replay or --dryshot-record=once|all"),
        (["--dryshot-record=some"], "invalid choice: 'some'"),
        (
            ["--dryshot-target=replay", "--dryshot-record=all"],
            "--dryshot-record=all does not go with --dryshot-target=replay",
        ),
        (["--dryshot-target=moon"], "invalid choice: 'moon'"),
    ],
)
def test_options_that_do_not_go_together_are_explained(
    pytester: pytest.Pytester, options: list[str], message: str
) -> None:
    result = run(pytester, "def test_it(): pass", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}*"])


def test_the_marker_and_the_fixtures_are_listed(pytester: pytest.Pytester) -> None:
    run(pytester, "", "--markers").stdout.fnmatch_lines(
        ["@pytest.mark.dryshot(seed=*", "*", "@pytest.mark.costs(seconds)*"]
    )
    listed = run(pytester, "", "--fixtures").stdout.str()
    for name in (
        "dryshot",
        "dryshot_sleep",
        "runtime",
        "async_runtime",
        "legacy_runtime",
        "runtime_service",
    ):
        assert f"\n{name} -- " in listed


def test_nothing_stays_patched_after_the_run(pytester: pytest.Pytester) -> None:
    code = """
        import httpx, pytest
        from requests.adapters import HTTPAdapter
        import urllib3

        def state():
            return [dict(vars(kind)) for kind in (httpx.HTTPTransport, HTTPAdapter,
                    httpx.AsyncHTTPTransport, urllib3.HTTPConnectionPool)]

        BEFORE = state()

        @pytest.fixture
        def after():
            yield
            assert state() == BEFORE

        @pytest.mark.xfail(strict=True)
        def test_it(after, dryshot):
            assert state() != BEFORE
            raise RuntimeError
    """
    run(pytester, code).assert_outcomes(xfailed=1)


def test_the_official_sdk_is_one_line_away(pytester: pytest.Pytester) -> None:
    code = """
        import pytest, dryshot as package

        def test_everyone_has_a_premium_instance(runtime_service):
            assert runtime_service.backend("ibm_fez").num_qubits == 156

        @pytest.mark.dryshot(world={"accounts": [{"api_key": "mine", "instances": [
            {"name": "lab", "plan": "flex", "backends": ["ibm_torino"]}]}]})
        def test_a_declared_account_has_its_own(runtime_service):
            assert [backend.name for backend in runtime_service.backends()] == ["ibm_torino"]
    """
    run(pytester, code).assert_outcomes(passed=2)
