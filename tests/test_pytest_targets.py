"""One test on every target, as a user runs it; the service is a mock behind a socket."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dryshot import Mock, Pace
from tests.serving import served

KEY = "a-very-secret-api-key"


@pytest.fixture
def service() -> Mock:
    return Mock(engine="stub", pace=Pace(3600, 3600))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, service: Mock) -> Iterator[None]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("DRYSHOT_LIVE_API_KEY", KEY)
    monkeypatch.setenv("DRYSHOT_LIVE_INSTANCE", "premium-instance")
    with served(service.asgi()) as address:
        monkeypatch.setenv("DRYSHOT_LIVE_URL", f"http://{address}")
        yield


NOWHERE_ELSE = """
    import sys

    def only_loopback(event, args):
        if event in {"socket.getaddrinfo", "socket.connect"}:
            host = args[0] if event == "socket.getaddrinfo" else args[1][0]
            if host not in {"127.0.0.1", "localhost", "::1"}:
                print("WENT TO", host, file=sys.__stderr__)
                raise SystemExit(99)

    sys.addaudithook(only_loopback)
"""


def run(pytester: pytest.Pytester, code: str | None, *options: str) -> pytest.RunResult:
    if code is not None:
        pytester.makepyfile(code)
        pytester.makeconftest(NOWHERE_ELSE)
    plugins = ("-p", "dryshot.pytest_plugin", "-p", "no:cacheprovider", "-rs")
    result = pytester.runpytest_subprocess(*plugins, *options)
    assert "WENT TO" not in result.stderr.str()
    assert KEY not in result.stdout.str() + result.stderr.str()
    return result


READS = """
    import httpx

    def test_a_client(runtime):
        assert "ibm_fez" in {one.name for one in runtime.backends.list()}

    def test_the_classic_client(legacy_runtime):
        assert legacy_runtime.backends.list()

    def test_any_client(dryshot_target):
        url = "https://quantum.cloud.ibm.com/api/v1/versions"
        assert httpx.get(url).status_code == 200
"""
JOB = """
    import pytest
    QASM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'

    def submit(runtime, **more):
        params = {"pubs": [[QASM, None, 10]], "version": 2}
        fields = {"program": "sampler", "backend": "ibm_fez", "params": params} | more
        return runtime.jobs.create(**fields).id
"""


@pytest.mark.parametrize("target", ["mock", "served", "live"])
def test_reading_needs_nothing_on_any_target(
    pytester: pytest.Pytester, service: Mock, target: str
) -> None:
    run(pytester, READS, f"--dryshot-target={target}").assert_outcomes(passed=3)
    assert bool(service.journal) == (target == "live")


@pytest.mark.heavy
def test_served_is_the_same_mock_behind_a_socket(pytester: pytest.Pytester) -> None:
    code = """
        import pytest, socket, sys, dryshot as package

        CONNECTED = []
        sys.addaudithook(
            lambda event, args: event == "socket.connect" and CONNECTED.append(args[1])
        )

        @pytest.mark.dryshot(seed=3, pace=package.Pace(queue=3600, run=60))
        @pytest.mark.parametrize("again", [0, 1])
        def test_it(dryshot, legacy_runtime, again):
            assert dryshot.world.seed == 3 and not dryshot.world.jobs
            job = legacy_runtime.jobs.create(
                program="sampler", backend="ibm_wellington", params={"circuits": ["bit c;"]}
            )
            legacy_runtime.jobs.wait(job["id"], timeout=7200)
            assert list(dryshot.world.jobs) == [job["id"]]
            assert CONNECTED
    """
    run(pytester, code, "--dryshot-target=served").assert_outcomes(passed=2)


@pytest.mark.parametrize("missing", ["DRYSHOT_LIVE_API_KEY", "DRYSHOT_LIVE_INSTANCE"])
def test_live_does_not_start_without_its_variables(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    result = run(pytester, READS, "--dryshot-target=live")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--dryshot-target=live needs *, in the variable {missing}"])


@pytest.mark.parametrize("url", ["127.0.0.1:1", "ftp://x", "http://", "http://u:p@x", "http://x:y"])
def test_a_url_that_is_none_is_refused(pytester: pytest.Pytester, url: str) -> None:
    options = ("-p", "dryshot.pytest_plugin", "--dryshot-target=live")
    result = pytester.runpytest_subprocess(*options, f"--dryshot-base-url={url}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--dryshot-base-url is not a URL*"])


BUDGET = f"""{JOB}
    @pytest.mark.costs(6)
    def test_first(runtime):
        submit(runtime)

    @pytest.mark.costs(seconds=6)
    def test_second(runtime):
        submit(runtime)

    @pytest.mark.costs(0)
    def test_third(runtime):
        submit(runtime)

    def test_fourth(runtime):
        submit(runtime)
"""


def test_a_budget_is_spent_test_by_test(pytester: pytest.Pytester, service: Mock) -> None:
    options = ("--dryshot-target=live", "--dryshot-max-qpu-seconds=10")
    result = run(pytester, BUDGET, *options)
    result.assert_outcomes(passed=2, skipped=1, failed=1)
    why = "*costs 6 s of a device; 4 s are left of --dryshot-max-qpu-seconds=10"
    result.stdout.fnmatch_lines([why])
    result.stdout.fnmatch_lines(["*NotMarked*@pytest.mark.costs(10)*"])
    assert len(service.journal.of("create_job")) == 2
    run(pytester, None, "--dryshot-target=mock").assert_outcomes(passed=4)


def test_without_a_budget_what_costs_is_skipped(pytester: pytest.Pytester, service: Mock) -> None:
    run(pytester, BUDGET, "--dryshot-target=live").assert_outcomes(passed=1, skipped=2, failed=1)
    assert len(service.journal.of("create_job")) == 1


@pytest.mark.heavy
def test_workers_share_a_budget(pytester: pytest.Pytester, service: Mock) -> None:
    options = ("--dryshot-target=live", "--dryshot-max-qpu-seconds=10", "-p", "xdist", "-n", "2")
    result = run(pytester, BUDGET, *options)
    result.assert_outcomes(passed=1, skipped=2, failed=1)
    result.stdout.fnmatch_lines(["*5 s are left of*=10 (this is one of 2 workers)"])
    assert len(service.journal.of("create_job")) == 1


def test_a_wrong_mark_is_explained(pytester: pytest.Pytester) -> None:
    marks = ("costs()", "costs('much')", "costs(-1)", "costs(1, 2)", "costs(s=1)")
    tests = (
        f"\n    @pytest.mark.{mark}\n    def test_{index}(runtime): pass\n"
        for index, mark in enumerate(marks)
    )
    result = run(pytester, JOB + "".join(tests), "--dryshot-target=live")
    result.assert_outcomes(errors=5)
    why = "*the marker costs takes one number of seconds*"
    result.stdout.fnmatch_lines([f"*::test_{index}: {why}" for index in range(5)])


def test_what_a_failing_test_made_is_removed(pytester: pytest.Pytester, service: Mock) -> None:
    code = f"""{JOB}
    @pytest.mark.costs(1)
    def test_it(runtime, legacy_runtime):
        session = runtime.sessions.create(backend="ibm_fez", mode="batch")
        submit(runtime, session_id=session.id)
        legacy_runtime.jobs.create(
            program="sampler", backend="ibm_wellington", params={{"circuits": ["bit c;"]}})
        raise RuntimeError
    """
    options = ("--dryshot-target=live", "--dryshot-max-qpu-seconds=1")
    run(pytester, code, *options).assert_outcomes(failed=1)
    done = [(one.operation, one.response.status) for one in service.journal]
    assert done.count(("delete_job", 204)) == 2
    assert done.count(("delete_session_close", 204)) == 1


@pytest.mark.heavy
def test_what_cannot_be_removed_is_told(pytester: pytest.Pytester, service: Mock) -> None:
    code = f"{JOB}\n    @pytest.mark.costs(0)\n    def test_it(runtime): submit(runtime)\n"
    service.faults.fail(500, operation="cancel_job_jid", times=50, retry_after=0)
    result = run(pytester, code, "--dryshot-target=live")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*LeftBehind: the test left behind what could not be removed: job*"]
    )


def test_who_asks_for_the_mock_is_skipped_where_there_is_none(pytester: pytest.Pytester) -> None:
    code = """
        def test_both(dryshot, runtime): pass
        def test_the_mock_alone(dryshot): assert dryshot.clock
    """
    result = run(pytester, code, "--dryshot-target=live")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*asks for the mock itself; with --dryshot-target=live there*"])


SDK = """
    def test_it(runtime_service):
        assert runtime_service.backend("ibm_fez").num_qubits == 156
"""


@pytest.mark.heavy
def test_the_sdk_is_recorded_and_replayed(pytester: pytest.Pytester) -> None:
    if importlib.util.find_spec("qiskit_ibm_runtime") is None:
        pytest.skip("there is no qiskit-ibm-runtime")
    run(pytester, SDK, "--dryshot-target=served", "--dryshot-record=once").assert_outcomes(passed=1)
    run(pytester, None, "--dryshot-target=replay").assert_outcomes(passed=1)


POLLS = f"""{JOB}
    import os

    @pytest.mark.costs(1)
    def test_it(runtime):
        job = submit(runtime, tags=os.environ.get("TAGS", "a").split())
        for _ in range(int(os.environ.get("POLLS", "2"))):
            runtime.jobs.get(job)
        assert runtime.jobs.wait(job, timeout=9999).status == "Completed"
        assert runtime.jobs.results(job)["results"]
        assert os.environ.get("PASS", "1") == "1"
"""


def cassettes(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.yaml"))]


@pytest.mark.parametrize("target", ["mock", pytest.param("served", marks=pytest.mark.heavy)])
def test_a_recording_is_made_once_and_replayed_with_any_number_of_polls(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    run(pytester, POLLS, f"--dryshot-target={target}", "--dryshot-record=once")
    (name,) = cassettes(pytester.path)
    assert name.startswith("cassettes/test_a_recording")
    assert name.endswith("/test_it.yaml")
    before = (pytester.path / name).read_bytes()
    assert b"no service was asked" in before
    for polls in ("0", "9"):
        monkeypatch.setenv("POLLS", polls)
        options = ("--dryshot-target=replay", "--dryshot-replay=strict", "--dryshot-max-age=1")
        run(pytester, None, *options).assert_outcomes(passed=1)
        assert (pytester.path / name).read_bytes() == before
    result = run(pytester, None, "--dryshot-target=replay", "--dryshot-max-age=0")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*days old, and --dryshot-max-age is 0*--dryshot-record=all*"])
    run(pytester, None, "--dryshot-record=once").assert_outcomes(passed=1)
    assert (pytester.path / name).read_bytes() == before
    run(pytester, None, "--dryshot-record=all").assert_outcomes(passed=1)
    assert (pytester.path / name).read_bytes() != before


def test_a_service_is_recorded_without_its_key(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", KEY)
    run(pytester, READS, "--dryshot-target=live", "--dryshot-record=once", "--dryshot-cassettes=c")
    found = cassettes(pytester.path)
    assert len(found) == 3
    for name in found:
        assert KEY not in (pytester.path / name).read_text()
    options = ("--dryshot-target=replay", "--dryshot-cassettes=c")
    run(pytester, None, *options).assert_outcomes(passed=3)


@pytest.mark.heavy
def test_what_fails_is_not_recorded(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS", "0")
    result = run(pytester, POLLS, "--dryshot-record=once", "-p", "xdist", "-n", "1")
    result.stdout.fnmatch_lines(["*::test_it: not recorded, for it did not pass"])
    assert cassettes(pytester.path) == []


def test_a_test_that_was_never_recorded_says_how_to(pytester: pytest.Pytester) -> None:
    result = run(pytester, POLLS, "--dryshot-target=replay")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no recording of this test at cassettes/*"])
    result.stdout.no_fnmatch_line("*tapes.py*")


@pytest.mark.heavy
def test_what_is_left_over_is_told_and_may_fail(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
        import os

        def test_it(runtime):
            runtime.backends.list()
            if "LESS" not in os.environ:
                runtime.instances.usage()
    """
    run(pytester, code, "--dryshot-record=once")
    forbidding = ("--dryshot-target=replay", "--dryshot-fail-unused")
    run(pytester, None, *forbidding).assert_outcomes(passed=1)
    monkeypatch.setenv("LESS", "1")
    result = run(pytester, None, "--dryshot-target=replay", "-p", "xdist", "-n", "1")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*test_it: cassettes/*has what was never asked for: *usage*"])
    result = run(pytester, None, *forbidding)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*never asked for: *(--dryshot-fail-unused)"])
    result.stdout.no_fnmatch_line("*playing.py*")


@pytest.mark.heavy
def test_a_replay_is_for_the_instance_that_was_recorded(pytester: pytest.Pytester) -> None:
    code = """
        from dryshot_client import Runtime

        def test_it(runtime, dryshot_target):
            crns = {one.name: one.crn for one in runtime.instances.list()}
            with Runtime(
                api_key=dryshot_target.api_token,
                instance=crns["open-instance"],
                transport=dryshot_target.transport,
            ) as other:
                other.instances.usage()
            assert runtime.instances.usage().usage_limit_seconds is None
            assert dryshot_target.instance == "premium-instance"
    """
    run(pytester, code, "--dryshot-record=once").assert_outcomes(passed=1)
    run(pytester, None, "--dryshot-target=replay").assert_outcomes(passed=1)


@pytest.mark.parametrize("target", [pytest.param("served", marks=pytest.mark.heavy), "live"])
def test_what_any_target_answers_is_covered(pytester: pytest.Pytester, target: str) -> None:
    run(pytester, READS, f"--dryshot-target={target}", "--dryshot-record=once", COVERAGE)
    counted = [covered(pytester)]
    run(pytester, None, "--dryshot-target=replay", COVERAGE).assert_outcomes(passed=3)
    counted.append(covered(pytester))
    for operations in counted:
        assert {"platform-runtime.list_backends", "legacy-runtime.list_backends"} <= operations


COVERAGE = "--dryshot-coverage=json:covered.json"


def covered(pytester: pytest.Pytester) -> set[str]:
    """The operations whose answers were seen."""
    file = pytester.path / "covered.json"
    counts = json.loads(file.read_text())["counts"]
    file.unlink()
    return {operation for what, operation, *_ in counts if what == "field"}


FAULTY = """
    import httpx
    import pytest
    from dryshot_client import RuntimeApiError


    def test_it(dryshot, runtime):
        runtime.backends.list()
        for fault in (dryshot.faults.page, dryshot.faults.garble):
            with fault(operation="list_backends", times=None):
                with pytest.raises(RuntimeApiError):
                    runtime.backends.list()
        runtime.backends.list()
"""


@pytest.mark.parametrize("target", ["mock", pytest.param("served", marks=pytest.mark.heavy)])
def test_what_a_fault_makes_reaches_the_client(pytester: pytest.Pytester, target: str) -> None:
    run(pytester, FAULTY, f"--dryshot-target={target}").assert_outcomes(passed=1)
